-- When somebody last worked with a certificate that nothing uses yet: those of dialogs that were left go within the hour.
ALTER TABLE "certificates" ADD COLUMN "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
