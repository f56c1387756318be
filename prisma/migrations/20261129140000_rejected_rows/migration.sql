-- AlterTable
ALTER TABLE "dataset_runs" ADD COLUMN "rejected" JSONB NOT NULL DEFAULT '{"count":0,"rows":[]}';
