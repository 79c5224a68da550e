-- CreateTable
CREATE TABLE "consent" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "reference" TEXT,
    "channels" TEXT[],
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "consent_revocation" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,

    CONSTRAINT "consent_revocation_pkey" PRIMARY KEY ("org_id","phone_number")
);

-- CreateTable
CREATE TABLE "do_not_call" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "do_not_call_pkey" PRIMARY KEY ("org_id","phone_number")
);

-- CreateTable
CREATE TABLE "opt_out" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "word" TEXT,
    "agent_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "opt_out_pkey" PRIMARY KEY ("org_id","phone_number")
);

-- CreateTable
CREATE TABLE "number_look_up" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "line_type" TEXT NOT NULL,
    "reassigned" TEXT NOT NULL,
    "ported" BOOLEAN,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "number_look_up_pkey" PRIMARY KEY ("org_id","phone_number")
);

-- CreateTable
CREATE TABLE "dial_attempt" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dial_attempt_pkey" PRIMARY KEY ("org_id","phone_number","channel","id")
);

-- CreateTable
CREATE TABLE "calling_rule" (
    "org_id" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calling_rule_pkey" PRIMARY KEY ("org_id")
);

-- CreateIndex
CREATE INDEX "consent_org_id_phone_number_id_idx" ON "consent"("org_id", "phone_number", "id");
