-- How many rows and requests a run took, over time; written while it goes.
CREATE TABLE "run_series" (
  "run_id" TEXT NOT NULL,
  "step_seconds" INTEGER NOT NULL,
  "points" JSONB NOT NULL,

  CONSTRAINT "run_series_pkey" PRIMARY KEY ("run_id"),
  CONSTRAINT "run_series_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The sums of an ended run: lists of many runs do not read their datasets.
ALTER TABLE "runs" ADD COLUMN "sums" JSONB;

UPDATE "runs" r SET "sums" = s.sums
FROM (
  SELECT run_id, jsonb_build_object(
    'rowsRead', coalesce(sum((counts ->> 'rowsRead')::float8), 0),
    'inserted', coalesce(sum((counts ->> 'inserted')::float8), 0),
    'updated', coalesce(sum((counts ->> 'updated')::float8), 0),
    'deleted', coalesce(sum((counts ->> 'deleted')::float8), 0),
    'requests', coalesce(sum((counts ->> 'requests')::float8), 0)) AS sums
  FROM "dataset_runs" GROUP BY run_id
) s
WHERE s.run_id = r.id AND r.ended_at IS NOT NULL;

-- Of the definition, like the title: the datasets of a run are grouped by them.
ALTER TABLE "dataset_runs" ADD COLUMN "area" TEXT NOT NULL DEFAULT '';
ALTER TABLE "dataset_runs" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'entity';

UPDATE "dataset_runs" SET
  "area" = coalesce("definition" ->> 'area', ''),
  "kind" = coalesce("definition" ->> 'kind', 'entity');
