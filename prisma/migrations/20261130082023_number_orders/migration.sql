-- CreateTable
CREATE TABLE "number_order" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "country_code" TEXT NOT NULL,
    "number_type" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "ordered_by" JSONB NOT NULL,
    "claim_principal" TEXT,
    "claim_key" TEXT,
    "claim_fingerprint" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "number_order_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateIndex
CREATE INDEX "number_order_asked_at_idx" ON "number_order"("asked_at");
