-- What a dataset run waits for says its kind, since when and until when. Runs that wait at the moment report it anew.
ALTER TABLE "dataset_runs" ADD COLUMN "wait" JSONB;
ALTER TABLE "dataset_runs" DROP COLUMN "waiting_for";
