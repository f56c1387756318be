-- The schema or folder that a task writes is a namespace, as in the code. Renames only: the data stays.
ALTER TABLE "tasks" RENAME COLUMN "place" TO "namespace";
ALTER TABLE "runs" RENAME COLUMN "place" TO "namespace";
ALTER INDEX "tasks_target_id_place_idx" RENAME TO "tasks_target_id_namespace_idx";
