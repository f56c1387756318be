-- Runs that read everything on request, and dataset runs that read only what changed.
ALTER TABLE "runs" ADD COLUMN "full_read" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "dataset_runs" ADD COLUMN "incremental" BOOLEAN NOT NULL DEFAULT false;
