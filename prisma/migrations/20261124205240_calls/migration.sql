-- AlterTable
ALTER TABLE "message" ADD COLUMN "segments" INTEGER;

-- CreateTable
CREATE TABLE "phone_number" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "country_code" TEXT NOT NULL,
    "number_type" TEXT NOT NULL,
    "capabilities" TEXT[],
    "carrier" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "paid_month" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "released_at" TIMESTAMPTZ(3),
    "returned_at" TIMESTAMPTZ(3),

    CONSTRAINT "phone_number_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "call" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "phone_number_id" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "from_number" TEXT NOT NULL,
    "to_number" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "carrier_id" TEXT,
    "greeting" TEXT,
    "voice_id" TEXT,
    "language" TEXT,
    "system_prompt" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "correlation_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "request_id" TEXT,
    "reservation_id" TEXT NOT NULL,
    "max_seconds" INTEGER NOT NULL,
    "dialled_at" TIMESTAMPTZ(3),
    "answered_by" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "end_asked" TEXT,
    "duration_seconds" INTEGER,
    "on_hold" BOOLEAN NOT NULL DEFAULT false,
    "attended_until" TIMESTAMPTZ(3),
    "recording_url" TEXT,
    "recording_seconds" INTEGER,
    "frames" INTEGER NOT NULL DEFAULT 0,
    "segments" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "call_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "call_segment" (
    "org_id" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "agent_id" TEXT NOT NULL,
    "speaker" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "confidence" DOUBLE PRECISION,
    "is_final" BOOLEAN NOT NULL,
    "turn_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "call_segment_pkey" PRIMARY KEY ("org_id","call_id","seq")
);

-- CreateTable
CREATE TABLE "call_frame" (
    "org_id" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "frame" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "call_frame_pkey" PRIMARY KEY ("org_id","call_id","seq")
);

-- CreateTable
CREATE TABLE "carrier_news_seen" (
    "org_id" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "news_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "carrier_news_seen_pkey" PRIMARY KEY ("org_id","carrier","news_id")
);

-- CreateIndex
CREATE INDEX "phone_number_org_id_agent_id_idx" ON "phone_number"("org_id", "agent_id");

-- CreateIndex
CREATE INDEX "call_org_id_agent_id_id_idx" ON "call"("org_id", "agent_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "call_carrier_carrier_id_key" ON "call"("carrier", "carrier_id");

-- CreateIndex
CREATE INDEX "call_frame_created_at_idx" ON "call_frame"("created_at");

-- CreateIndex
CREATE INDEX "carrier_news_seen_created_at_idx" ON "carrier_news_seen"("created_at");

-- A number is one agent's, over all organisations: what comes in for it must find one.
CREATE UNIQUE INDEX phone_number_held ON "phone_number" (phone_number) WHERE released_at IS NULL;
-- Numbers that the carrier still has to take back.
CREATE INDEX phone_number_to_return ON "phone_number" (released_at) WHERE released_at IS NOT NULL AND returned_at IS NULL;
CREATE INDEX phone_number_to_renew ON "phone_number" (paid_month) WHERE released_at IS NULL;

-- Calls that run: few, however many there were.
CREATE INDEX call_open ON "call" (org_id, agent_id, id) WHERE state IN ('queued', 'ringing', 'active');
CREATE INDEX call_open_since ON "call" (created_at) WHERE state IN ('queued', 'ringing', 'active');
CREATE INDEX call_attended ON "call" (attended_until) WHERE attended_until IS NOT NULL;
CREATE INDEX call_between ON "call" (org_id, from_number, to_number, id);

ALTER TABLE "call_segment" ADD COLUMN "search" tsvector
  GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, left(text, 100000))) STORED;
CREATE INDEX call_segment_search ON "call_segment" USING gin (org_id, search);
