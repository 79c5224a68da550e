-- CreateTable
CREATE TABLE "plan_span" (
    "org_id" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "tier" TEXT NOT NULL,

    CONSTRAINT "plan_span_pkey" PRIMARY KEY ("org_id","from_at")
);

-- CreateTable
CREATE TABLE "billing_account" (
    "org_id" TEXT NOT NULL,
    "month" DATE,
    "first_month" DATE,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3),
    "scheduled_tier" TEXT,
    "billing_name" TEXT,
    "billing_address" TEXT,
    "billing_email" TEXT,
    "customer_id" TEXT,
    "payment_method_id" TEXT,
    "overdue_since" TIMESTAMPTZ(3),

    CONSTRAINT "billing_account_pkey" PRIMARY KEY ("org_id")
);

-- CreateTable
CREATE TABLE "invoice" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "month" DATE NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "total_micros" BIGINT NOT NULL,
    "total_cents" BIGINT NOT NULL,
    "issuer" TEXT NOT NULL,
    "bill_to" JSONB NOT NULL,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "invoice_line" (
    "org_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "meter" TEXT,
    "month" DATE,
    "description" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "included" BIGINT,
    "billable" BIGINT NOT NULL,
    "unit_micros" BIGINT NOT NULL,
    "amount_micros" BIGINT NOT NULL,

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("org_id","invoice_id","position")
);

-- CreateTable
CREATE TABLE "invoice_state" (
    "org_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "failure" TEXT,
    "payment_id" TEXT,

    CONSTRAINT "invoice_state_pkey" PRIMARY KEY ("org_id","invoice_id")
);

-- CreateTable
CREATE TABLE "payment_event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "billing_account_period_end_idx" ON "billing_account"("period_end");

-- CreateIndex
CREATE UNIQUE INDEX "billing_account_customer_id_key" ON "billing_account"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_number_key" ON "invoice"("number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_org_id_month_key" ON "invoice"("org_id", "month");

-- CreateIndex
CREATE INDEX "invoice_state_status_next_attempt_at_idx" ON "invoice_state"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "payment_event_created_at_idx" ON "payment_event"("created_at");

-- What was issued stays as it was, and so does the history of plans.
CREATE TRIGGER invoice_append_only BEFORE UPDATE OR DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_line_append_only BEFORE UPDATE OR DELETE ON invoice_line
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_span_append_only BEFORE UPDATE OR DELETE ON plan_span
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The last number that was taken: its row is held until the invoice is committed, so that a number is never left out.
CREATE TABLE invoice_counter (
  one  boolean PRIMARY KEY DEFAULT true CHECK (one),
  last integer NOT NULL
);
INSERT INTO invoice_counter (last) VALUES (0);

-- In the database, so that no way to make an organisation, also that of the release before this one, leaves it unbilled.
CREATE FUNCTION begin_billing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO plan_span (org_id, from_at, tier) VALUES (NEW.id, NEW.created_at, NEW.tier);
  INSERT INTO billing_account (org_id, period_start) VALUES (NEW.id, NEW.created_at);
  RETURN NULL;
END $$;
CREATE TRIGGER organization_begin_billing AFTER INSERT ON organization FOR EACH ROW EXECUTE FUNCTION begin_billing();

-- When a month ends depends on the time zone.
CREATE FUNCTION forget_period_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE billing_account SET period_end = NULL WHERE org_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER organization_forget_period_end AFTER UPDATE OF time_zone ON organization
  FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION forget_period_end();

-- Nobody is billed for the time before there were bills.
INSERT INTO plan_span (org_id, from_at, tier) SELECT id, now(), tier FROM organization;
INSERT INTO billing_account (org_id, period_start) SELECT id, now() FROM organization;
