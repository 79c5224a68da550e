-- CreateTable
CREATE TABLE "sandbox_number" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "capabilities" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_number_pkey" PRIMARY KEY ("org_id","phone_number")
);

-- CreateTable
CREATE TABLE "sandbox_call" (
    "org_id" TEXT NOT NULL,
    "carrier_id" TEXT NOT NULL,
    "token" TEXT,
    "direction" TEXT NOT NULL,
    "from_number" TEXT NOT NULL,
    "to_number" TEXT NOT NULL,
    "held" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sandbox_call_pkey" PRIMARY KEY ("org_id","carrier_id")
);

-- CreateTable
CREATE TABLE "sandbox_message" (
    "org_id" TEXT NOT NULL,
    "carrier_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_message_pkey" PRIMARY KEY ("org_id","carrier_id")
);

-- CreateTable
CREATE TABLE "sandbox_step" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "carrier_id" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "news" JSONB NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sandbox_step_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_number_phone_number_key" ON "sandbox_number"("phone_number");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_number_provider_id_key" ON "sandbox_number"("provider_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_number_token_key" ON "sandbox_number"("token");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_call_carrier_id_key" ON "sandbox_call"("carrier_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_call_token_key" ON "sandbox_call"("token");

-- CreateIndex
CREATE INDEX "sandbox_call_created_at_idx" ON "sandbox_call"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_message_carrier_id_key" ON "sandbox_message"("carrier_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_message_token_key" ON "sandbox_message"("token");

-- CreateIndex
CREATE INDEX "sandbox_message_created_at_idx" ON "sandbox_message"("created_at");

-- CreateIndex
CREATE INDEX "sandbox_step_due_at_seq_idx" ON "sandbox_step"("due_at", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_step_carrier_id_id_key" ON "sandbox_step"("carrier_id", "id");
