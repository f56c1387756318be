-- Name and title of the dataset as of the start of the run, so that reading a run does not read the definitions of its datasets.
ALTER TABLE "dataset_runs" ADD COLUMN "name" TEXT, ADD COLUMN "title" TEXT;
UPDATE "dataset_runs" SET
  "name" = "definition" ->> 'name',
  "title" = COALESCE("definition" ->> 'title', "definition" ->> 'name');
ALTER TABLE "dataset_runs" ALTER COLUMN "name" SET NOT NULL, ALTER COLUMN "title" SET NOT NULL;
