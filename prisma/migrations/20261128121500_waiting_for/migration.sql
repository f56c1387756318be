-- Why the requests of a dataset run wait at the moment, in words for people.
ALTER TABLE "dataset_runs" ADD COLUMN "waiting_for" TEXT;
