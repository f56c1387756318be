-- AlterTable
ALTER TABLE "dataset_runs" ADD COLUMN "drift" JSONB NOT NULL DEFAULT '[]';
