-- What of a dataset run could not be read: columns, and parents of relationships.
ALTER TYPE "DatasetRunState" ADD VALUE 'partial' BEFORE 'failed';
ALTER TABLE "dataset_runs" ADD COLUMN "unread" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "dataset_runs" ADD COLUMN "unproven" JSONB NOT NULL DEFAULT '{"count":0,"parents":[]}';
