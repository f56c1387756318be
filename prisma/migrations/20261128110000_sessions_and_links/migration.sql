-- Sessions live on the server (docs/decisions/013). Cookies of before name none: everybody signs in once more.
CREATE TABLE "sessions" (
    "id_hash" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "auth_time" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id_hash"),
    CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- Tokens of before may do all that their owners may do, as they could.
CREATE TYPE "TokenAccess" AS ENUM ('read', 'full');
ALTER TABLE "api_tokens" ADD COLUMN "access" "TokenAccess" NOT NULL DEFAULT 'full';
ALTER TABLE "api_tokens" ALTER COLUMN "access" DROP DEFAULT;

-- One-time links by which a person sets a password: invitations and resets.
CREATE TYPE "PasswordLinkPurpose" AS ENUM ('invitation', 'reset');
CREATE TABLE "password_links" (
    "token_hash" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "purpose" "PasswordLinkPurpose" NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "password_links_pkey" PRIMARY KEY ("token_hash"),
    CONSTRAINT "password_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "password_links_user_id_idx" ON "password_links"("user_id");

-- Growing delays take the place of fixed windows.
CREATE TABLE "sign_in_failures" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "sign_in_failures_last_at_idx" ON "sign_in_failures"("last_at");
DROP TABLE "rate_limits";
