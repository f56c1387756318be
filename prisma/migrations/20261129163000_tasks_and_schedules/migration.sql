-- Tasks can be edited: the version is the optimistic lock, and what runs landed is told apart by where they landed it.
ALTER TABLE "tasks" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "paused_at" TIMESTAMPTZ(3),
  ADD COLUMN "recreated_at" TIMESTAMPTZ(3),
  ADD COLUMN "to_drop" JSONB;

ALTER TABLE "runs" ADD COLUMN "target_id" TEXT;
UPDATE "runs" SET "target_id" = "tasks"."target_id" FROM "tasks" WHERE "tasks"."id" = "runs"."task_id";
ALTER TABLE "runs" ALTER COLUMN "target_id" SET NOT NULL;

-- CreateEnum
CREATE TYPE "MissedRuns" AS ENUM ('run_once', 'skip');
CREATE TYPE "FiringOutcome" AS ENUM ('run', 'skipped', 'missed');

-- CreateTable
CREATE TABLE "schedules" (
  "id" TEXT NOT NULL,
  "task_id" TEXT NOT NULL,
  "owner_id" TEXT NOT NULL,
  "rule" JSONB NOT NULL,
  "after_task_id" TEXT,
  "time_zone" TEXT NOT NULL,
  "missed_runs" "MissedRuns" NOT NULL,
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "next_at" TIMESTAMPTZ(3),
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "schedules_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "schedules_task_id_key" ON "schedules"("task_id");
CREATE INDEX "schedules_next_at_idx" ON "schedules"("next_at");
CREATE INDEX "schedules_after_task_id_idx" ON "schedules"("after_task_id");
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_after_task_id_fkey" FOREIGN KEY ("after_task_id") REFERENCES "tasks"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "schedule_firings" (
  "schedule_id" TEXT NOT NULL,
  "planned_at" TIMESTAMPTZ(3) NOT NULL,
  "handled_at" TIMESTAMPTZ(3) NOT NULL,
  "outcome" "FiringOutcome" NOT NULL,
  "reason" TEXT,
  "run_id" TEXT,
  CONSTRAINT "schedule_firings_pkey" PRIMARY KEY ("schedule_id", "planned_at")
);
ALTER TABLE "schedule_firings" ADD CONSTRAINT "schedule_firings_schedule_id_fkey" FOREIGN KEY ("schedule_id") REFERENCES "schedules"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "schedule_firings" ADD CONSTRAINT "schedule_firings_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- One row at most: while it is there, no schedule starts a run.
CREATE TABLE "schedules_pause" (
  "id" INTEGER NOT NULL DEFAULT 1,
  "paused_at" TIMESTAMPTZ(3) NOT NULL,
  "paused_by" TEXT NOT NULL,
  CONSTRAINT "schedules_pause_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "schedules_pause_one_row" CHECK ("id" = 1)
);
