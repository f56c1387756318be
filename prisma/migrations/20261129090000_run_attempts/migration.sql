-- Fencing: a worker that was taken for dead may report late; its attempt tells that report from those of the worker after it.
ALTER TABLE "runs" ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "dataset_runs" ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 0;
