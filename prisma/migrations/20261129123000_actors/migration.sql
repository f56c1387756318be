-- Who did what, by kind and id, and in whose name; what was one text before is taken apart.
CREATE TYPE "ActorKind" AS ENUM ('user', 'apiToken', 'schedule', 'gateway', 'cli', 'job');

ALTER TABLE "audit_events"
    ADD COLUMN "actor_kind" "ActorKind",
    ADD COLUMN "actor_id" TEXT,
    ADD COLUMN "actor_user_id" TEXT,
    ADD COLUMN "actor_name" TEXT;
UPDATE "audit_events" e SET
    "actor_kind" = (CASE WHEN e."actor" LIKE 'user:%' THEN 'user' WHEN e."actor" = 'cli' THEN 'cli' ELSE 'job' END)::"ActorKind",
    "actor_id" = CASE
        WHEN e."actor" = 'cli' THEN NULL
        WHEN e."actor" LIKE '%:%' THEN substr(e."actor", strpos(e."actor", ':') + 1)
        ELSE e."actor"
    END,
    "actor_user_id" = CASE WHEN e."actor" LIKE 'user:%' THEN substr(e."actor", 6) END,
    "actor_name" = CASE
        WHEN e."actor" LIKE 'user:%' THEN coalesce((SELECT u."email" FROM "users" u WHERE u."id" = substr(e."actor", 6)), substr(e."actor", 6))
        WHEN e."actor" = 'cli' THEN 'Command line'
        WHEN e."actor" = 'setup' THEN 'Set-up'
        WHEN e."actor" LIKE 'job:%' THEN 'Job ' || substr(e."actor", 5)
        ELSE e."actor"
    END;
ALTER TABLE "audit_events"
    ALTER COLUMN "actor_kind" SET NOT NULL,
    ALTER COLUMN "actor_name" SET NOT NULL,
    DROP COLUMN "actor";
CREATE INDEX "audit_events_actor_kind_actor_id_at_idx" ON "audit_events"("actor_kind", "actor_id", "at");
CREATE INDEX "audit_events_actor_user_id_at_idx" ON "audit_events"("actor_user_id", "at");

-- A run of before was started by a person (their e-mail address stood here) or by the command line. Somebody whose account has another
-- address now keeps the name that was written then.
ALTER TABLE "runs"
    ADD COLUMN "started_by_kind" "ActorKind",
    ADD COLUMN "started_by_id" TEXT,
    ADD COLUMN "started_by_user_id" TEXT,
    ADD COLUMN "started_by_name" TEXT;
UPDATE "runs" r SET
    "started_by_kind" = (CASE
        WHEN r."started_by" = 'cli' THEN 'cli'
        WHEN r."started_by" LIKE 'job:%' THEN 'job'
        ELSE 'user'
    END)::"ActorKind",
    "started_by_id" = CASE
        WHEN r."started_by" LIKE 'job:%' THEN substr(r."started_by", 5)
        ELSE (SELECT u."id" FROM "users" u WHERE u."email" = r."started_by" OR 'user:' || u."id" = r."started_by")
    END,
    "started_by_name" = CASE
        WHEN r."started_by" = 'cli' THEN 'Command line'
        WHEN r."started_by" LIKE 'job:%' THEN 'Job ' || substr(r."started_by", 5)
        ELSE coalesce((SELECT u."email" FROM "users" u WHERE 'user:' || u."id" = r."started_by"), r."started_by")
    END;
UPDATE "runs" SET "started_by_user_id" = "started_by_id" WHERE "started_by_kind" = 'user';
ALTER TABLE "runs"
    ALTER COLUMN "started_by_kind" SET NOT NULL,
    ALTER COLUMN "started_by_name" SET NOT NULL,
    DROP COLUMN "started_by";
