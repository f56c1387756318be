-- What generating, probing and editing of connection metadata remember.
ALTER TABLE "datasets"
    ADD COLUMN "generated" JSONB,
    ADD COLUMN "probe" JSONB,
    ADD COLUMN "removed" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "connection_metadata" (
    "connection_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "document" BYTEA NOT NULL,
    "warnings" JSONB NOT NULL DEFAULT '[]',
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,
    "previous_hash" TEXT,
    "previous_bytes" INTEGER,
    "previous_fetched_at" TIMESTAMPTZ(3),
    "diff" JSONB,
    CONSTRAINT "connection_metadata_pkey" PRIMARY KEY ("connection_id")
);
ALTER TABLE "connection_metadata" ADD CONSTRAINT "connection_metadata_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "metadata_differences" (
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "dataset_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source_path" TEXT NOT NULL DEFAULT '',
    "before" TEXT,
    "after" TEXT,
    "source" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    CONSTRAINT "metadata_differences_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "metadata_differences_connection_id_idx" ON "metadata_differences"("connection_id");
CREATE UNIQUE INDEX "metadata_differences_dataset_id_kind_source_path_key" ON "metadata_differences"("dataset_id", "kind", "source_path");
ALTER TABLE "metadata_differences" ADD CONSTRAINT "metadata_differences_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "metadata_differences" ADD CONSTRAINT "metadata_differences_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "datasets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "metadata_revisions" (
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "patch" BYTEA NOT NULL,
    "undone" BOOLEAN NOT NULL DEFAULT false,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "metadata_revisions_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "metadata_revisions_connection_id_position_key" ON "metadata_revisions"("connection_id", "position");
ALTER TABLE "metadata_revisions" ADD CONSTRAINT "metadata_revisions_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "metadata_jobs" (
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "progress" JSONB NOT NULL,
    "result" JSONB,
    "problem" JSONB,
    "started_by" TEXT NOT NULL,
    "job_id" TEXT,
    "queued_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "metadata_jobs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "metadata_jobs_connection_id_queued_at_idx" ON "metadata_jobs"("connection_id", "queued_at");
ALTER TABLE "metadata_jobs" ADD CONSTRAINT "metadata_jobs_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
