-- Second way of verifying: the application itself (client credentials), with a secret or a certificate.
CREATE TYPE "SignInMethod" AS ENUM ('delegated', 'app_only');

CREATE TABLE "certificates" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "thumbprint_sha1" TEXT NOT NULL,
    "thumbprint_sha256" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "private_key_id" TEXT NOT NULL,
    "generated" BOOLEAN NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "certificates_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "certificates_private_key_id_key" ON "certificates"("private_key_id");
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_private_key_id_fkey" FOREIGN KEY ("private_key_id") REFERENCES "secrets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "verifications"
    ADD COLUMN "sign_in" "SignInMethod" NOT NULL DEFAULT 'delegated',
    ADD COLUMN "certificate_id" TEXT,
    ADD COLUMN "credential_expires_at" TIMESTAMPTZ(3),
    ADD COLUMN "expiry_source" TEXT;
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_certificate_id_fkey" FOREIGN KEY ("certificate_id") REFERENCES "certificates"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "connections"
    ADD COLUMN "sign_in" "SignInMethod" NOT NULL DEFAULT 'delegated',
    ADD COLUMN "certificate_id" TEXT,
    ADD COLUMN "credential_expires_at" TIMESTAMPTZ(3),
    ADD COLUMN "expiry_source" TEXT,
    ALTER COLUMN "client_secret_id" DROP NOT NULL;
ALTER TABLE "connections" ADD CONSTRAINT "connections_certificate_id_fkey" FOREIGN KEY ("certificate_id") REFERENCES "certificates"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- A connection has one credential: a secret or a certificate.
ALTER TABLE "connections" ADD CONSTRAINT "connections_one_credential" CHECK (("client_secret_id" IS NULL) <> ("certificate_id" IS NULL));
