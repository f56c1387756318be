-- The delivery log is open to who may use the connection. No foreign key: when the connection is deleted, its log does not open to others.
ALTER TABLE "notifications" ADD COLUMN "connection_id" TEXT;
