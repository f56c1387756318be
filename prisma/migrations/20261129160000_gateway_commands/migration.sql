-- A restart of a gateway's process has forgotten what the one before was doing.
ALTER TABLE "gateways"
  ADD COLUMN "instance" TEXT,
  ADD COLUMN "draining" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "gateway_commands" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "stop" TEXT,
    "gateway_id" TEXT,
    "instance" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "payload" TEXT NOT NULL,
    "result" TEXT,
    "events_received" INTEGER NOT NULL DEFAULT 0,
    "token_cache_id" TEXT,
    "token_cache_owner" TEXT,
    "run_id" TEXT,
    "dataset_run_id" TEXT,
    "title" TEXT NOT NULL,
    "deadline_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "taken_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "gateway_commands_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "gateway_commands_gateway_id_state_idx" ON "gateway_commands"("gateway_id", "state");
CREATE INDEX "gateway_commands_dataset_run_id_idx" ON "gateway_commands"("dataset_run_id");
CREATE INDEX "gateway_commands_run_id_idx" ON "gateway_commands"("run_id");
CREATE INDEX "gateway_commands_ended_at_idx" ON "gateway_commands"("ended_at");

CREATE TABLE "gateway_events" (
    "command_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "first" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "events" TEXT NOT NULL,

    CONSTRAINT "gateway_events_pkey" PRIMARY KEY ("command_id", "attempt", "first"),
    CONSTRAINT "gateway_events_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "gateway_commands"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "gateway_proofs" (
    "signer" TEXT NOT NULL,
    "jti" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "gateway_proofs_pkey" PRIMARY KEY ("signer", "jti")
);
CREATE INDEX "gateway_proofs_expires_at_idx" ON "gateway_proofs"("expires_at");
