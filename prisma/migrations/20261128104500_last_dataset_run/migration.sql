-- The last run of a dataset: what it read, and since when a column could not be.
CREATE INDEX "dataset_runs_dataset_id_ended_at_idx" ON "dataset_runs"("dataset_id", "ended_at");
