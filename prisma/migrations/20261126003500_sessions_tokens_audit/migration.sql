-- A new password ends the sessions of before: each session names the epoch that it was made in.
ALTER TABLE "users" ADD COLUMN "session_epoch" INTEGER NOT NULL DEFAULT 0;

-- API tokens: what they begin with, to tell them apart, and when they end.
ALTER TABLE "api_tokens"
    ADD COLUMN "hint" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "expires_at" TIMESTAMPTZ(3);
CREATE INDEX "api_tokens_user_id_idx" ON "api_tokens"("user_id");

-- The audit page asks by person and by action, the newest first.
DROP INDEX "audit_events_at_idx";
CREATE INDEX "audit_events_at_id_idx" ON "audit_events"("at", "id");
CREATE INDEX "audit_events_actor_at_idx" ON "audit_events"("actor", "at");
CREATE INDEX "audit_events_action_at_idx" ON "audit_events"("action", "at");
