-- Rules that give a role to who signs in with Microsoft.
CREATE TABLE "entra_role_rules" (
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    CONSTRAINT "entra_role_rules_pkey" PRIMARY KEY ("kind", "value")
);

-- Who may use a connection. Connections of before stay open to everybody.
CREATE TYPE "ConnectionAudience" AS ENUM ('everybody', 'listed');
CREATE TYPE "ConnectionAccess" AS ENUM ('use', 'edit');
ALTER TABLE "connections" ADD COLUMN "audience" "ConnectionAudience" NOT NULL DEFAULT 'everybody';
CREATE TABLE "connection_grants" (
    "connection_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access" "ConnectionAccess" NOT NULL,
    CONSTRAINT "connection_grants_pkey" PRIMARY KEY ("connection_id", "user_id")
);
CREATE INDEX "connection_grants_user_id_idx" ON "connection_grants"("user_id");
ALTER TABLE "connection_grants" ADD CONSTRAINT "connection_grants_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "connection_grants" ADD CONSTRAINT "connection_grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- How long history is kept. No row: for ever, as before.
CREATE TABLE "retention_settings" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "audit_days" INTEGER,
    "run_days" INTEGER,
    CONSTRAINT "retention_settings_pkey" PRIMARY KEY ("id")
);
