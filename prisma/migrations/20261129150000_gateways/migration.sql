-- CreateTable
CREATE TABLE "gateway_groups" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_by_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_groups_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "gateway_groups_name_key" ON "gateway_groups"("name");

-- AlterTable
ALTER TABLE "gateways"
  ADD COLUMN "description" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "group_id" TEXT,
  ADD COLUMN "registration_key_hash" TEXT,
  ADD COLUMN "registration_key_expires_at" TIMESTAMPTZ(3),
  ADD COLUMN "registration_key_used_at" TIMESTAMPTZ(3),
  ADD COLUMN "signing_key" JSONB,
  ADD COLUMN "encryption_key" JSONB,
  ADD COLUMN "registered_at" TIMESTAMPTZ(3),
  ADD COLUMN "version" TEXT,
  ADD COLUMN "protocol_version" TEXT,
  ADD COLUMN "host_name" TEXT,
  ADD COLUMN "operating_system" TEXT,
  ADD COLUMN "connected_since" TIMESTAMPTZ(3),
  ADD COLUMN "stream_id" TEXT,
  ADD COLUMN "activity" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "deactivated_at" TIMESTAMPTZ(3),
  ADD COLUMN "allow_previews" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "allow_landed_rows" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "created_by_id" TEXT;
CREATE UNIQUE INDEX "gateways_registration_key_hash_key" ON "gateways"("registration_key_hash");
CREATE INDEX "gateways_group_id_idx" ON "gateways"("group_id");
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "gateway_groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A gateway that something uses is not deleted.
ALTER TABLE "verifications" ADD COLUMN "gateway_group_id" TEXT;
ALTER TABLE "connections" ADD COLUMN "gateway_group_id" TEXT;
ALTER TABLE "connections" DROP CONSTRAINT "connections_gateway_id_fkey";
ALTER TABLE "connections" ADD CONSTRAINT "connections_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "connections" ADD CONSTRAINT "connections_gateway_group_id_fkey" FOREIGN KEY ("gateway_group_id") REFERENCES "gateway_groups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "targets"
  ADD COLUMN "gateway_id" TEXT,
  ADD COLUMN "gateway_group_id" TEXT;
ALTER TABLE "targets" ADD CONSTRAINT "targets_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "targets" ADD CONSTRAINT "targets_gateway_group_id_fkey" FOREIGN KEY ("gateway_group_id") REFERENCES "gateway_groups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- How long runs wait for a gateway that is away, and what a run waits for.
ALTER TABLE "tasks" ADD COLUMN "gateway_wait_minutes" INTEGER NOT NULL DEFAULT 60;
ALTER TABLE "runs"
  ADD COLUMN "wait_kind" TEXT,
  ADD COLUMN "wait_name" TEXT,
  ADD COLUMN "wait_since" TIMESTAMPTZ(3),
  ADD COLUMN "wait_until" TIMESTAMPTZ(3);
