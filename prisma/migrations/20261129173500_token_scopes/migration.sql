CREATE TYPE "TokenScope" AS ENUM ('read', 'operate', 'edit', 'admin');

ALTER TABLE "api_tokens"
  ADD COLUMN "scopes" "TokenScope"[] NOT NULL DEFAULT ARRAY[]::"TokenScope"[],
  ADD COLUMN "connection_id" TEXT;

-- Tokens that only read keep that; all others might do all that their owner may do.
UPDATE "api_tokens" SET "scopes" = CASE "access"
  WHEN 'read' THEN ARRAY['read']::"TokenScope"[]
  ELSE ARRAY['read', 'operate', 'edit', 'admin']::"TokenScope"[]
END;

ALTER TABLE "api_tokens"
  DROP COLUMN "access",
  ADD CONSTRAINT "api_tokens_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

DROP TYPE "TokenAccess";

-- Prisma keeps lists without a default of the database.
ALTER TABLE "api_tokens" ALTER COLUMN "scopes" DROP DEFAULT, ALTER COLUMN "scopes" DROP NOT NULL;

CREATE TABLE "idempotency_keys" (
  "actor" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "envelope" TEXT NOT NULL,
  "answered" BOOLEAN NOT NULL DEFAULT false,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("actor", "key")
);

CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at");
