-- A kind is the name of a module now (lib/targets/registry.ts): a new one needs no migration.
ALTER TABLE "targets" ALTER COLUMN "kind" TYPE text USING (CASE "kind"::text WHEN 'landing' THEN 'postgres' WHEN 'lake' THEN 'folder' END);
DROP TYPE "TargetKind";

-- The settings of the built-in targets are written when Entrada starts.
ALTER TABLE "targets"
  ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "secret_id" TEXT,
  ADD COLUMN "last_test" JSONB,
  ADD COLUMN "last_tested_at" TIMESTAMPTZ(3),
  ADD COLUMN "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

CREATE UNIQUE INDEX "targets_secret_id_key" ON "targets"("secret_id");
ALTER TABLE "targets" ADD CONSTRAINT "targets_secret_id_fkey" FOREIGN KEY ("secret_id") REFERENCES "secrets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Installations of before have the built-in targets once somebody looked; now they are always there.
INSERT INTO "targets" ("id", "name", "kind", "built_in") VALUES
  ('targ_22222222222222222222', 'Built-in landing database', 'postgres', true),
  ('targ_33333333333333333333', 'Local data lake', 'folder', true)
ON CONFLICT DO NOTHING;
