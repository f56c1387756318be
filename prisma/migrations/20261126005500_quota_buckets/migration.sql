-- Token buckets of Graph's quotas, one for each tenant, app and quota class, shared by all workers.
CREATE TABLE "quota_buckets" (
    "key" TEXT NOT NULL,
    "level" DOUBLE PRECISION NOT NULL,
    "refilled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "blocked_until" TIMESTAMPTZ(6),
    "learned_capacity" DOUBLE PRECISION,
    "learned_per_second" DOUBLE PRECISION,
    "learned_until" TIMESTAMPTZ(6),
    "spent" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "spent_since" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "quota_buckets_pkey" PRIMARY KEY ("key")
);
