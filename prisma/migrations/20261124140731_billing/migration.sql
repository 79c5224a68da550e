-- Billing: what is accepted is priced and counted against limits in the statement that accepts it.

-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "status" TEXT NOT NULL DEFAULT 'ACTIVE',
ADD COLUMN     "time_zone" TEXT NOT NULL DEFAULT 'UTC';

-- Mail that is kept here: also that of an organisation that was stopped.
DROP INDEX message_held;
CREATE INDEX message_held ON "message" (org_id, id)
  WHERE status = 'QUEUED' AND status_reason IN ('NO_RELAY', 'AGENT_PAUSED', 'ORG_STOPPED');

-- What was accepted before counts for its day of UTC and cost nothing.
ALTER TABLE "usage_record" DROP CONSTRAINT "usage_record_pkey",
ADD COLUMN     "billable" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "day" DATE,
ADD COLUMN     "micros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "reverses" TEXT,
ADD CONSTRAINT "usage_record_pkey" PRIMARY KEY ("org_id", "id", "meter");
ALTER TABLE "usage_record" DISABLE TRIGGER usage_record_append_only;
UPDATE "usage_record" SET "day" = ("created_at" AT TIME ZONE 'UTC')::date;
ALTER TABLE "usage_record" ENABLE TRIGGER usage_record_append_only;
-- The default is for the release before this one, while replicas are replaced.
ALTER TABLE "usage_record" ALTER COLUMN "day" SET DEFAULT (now() AT TIME ZONE 'UTC')::date,
ALTER COLUMN "day" SET NOT NULL;
-- A record is taken back once.
CREATE UNIQUE INDEX usage_record_reverses ON "usage_record" ("org_id", "reverses", "meter") WHERE "reverses" IS NOT NULL;

-- CreateTable
CREATE TABLE "hard_cap" (
    "org_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hard_cap_pkey" PRIMARY KEY ("org_id","scope")
);

-- CreateTable
CREATE TABLE "budget_warning" (
    "org_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "threshold" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budget_warning_pkey" PRIMARY KEY ("org_id","period","starts_on","scope","meter","threshold")
);

-- CreateTable
CREATE TABLE "reservation" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "units" INTEGER NOT NULL,
    "billable" INTEGER NOT NULL,
    "micros" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "resource_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("org_id","id")
);

CREATE INDEX reservation_open ON "reservation" ("expires_at") WHERE "settled_at" IS NULL;
CREATE INDEX reservation_open_of ON "reservation" ("org_id", "id") WHERE "settled_at" IS NULL;

-- Sums by day of the organisation's calendar, kept as events are numbered (count_events): of the organisation, and of
-- each of its agents.
ALTER TABLE usage_day ADD COLUMN billable bigint NOT NULL DEFAULT 0, ADD COLUMN micros bigint NOT NULL DEFAULT 0;
CREATE TABLE usage_agent_day (
  org_id   text   NOT NULL,
  agent_id text   NOT NULL,
  day      date   NOT NULL,
  meter    text   NOT NULL,
  quantity bigint NOT NULL,
  micros   bigint NOT NULL,
  PRIMARY KEY (org_id, agent_id, day, meter)
) WITH (fillfactor = 70);
-- What is not numbered yet is counted when it is.
INSERT INTO usage_agent_day (org_id, agent_id, day, meter, quantity, micros)
SELECT org_id, agent_id, day, meter, sum(quantity), sum(micros) FROM usage_record u
WHERE NOT EXISTS (SELECT 1 FROM event_pending p WHERE p.org_id = u.org_id AND p.event_id = u.id) GROUP BY 1, 2, 3, 4;

-- As before, but by the day that a record names, and with runs of trouble that also end within a batch.
CREATE OR REPLACE FUNCTION count_events() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO event_hour AS known (org_id, hour, channel, event, result, count)
  SELECT org_id, date_trunc('hour', ts, 'UTC'), channel, event, result, count(*)
  FROM numbered GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (org_id, hour, channel, event, result) DO UPDATE SET count = known.count + excluded.count;

  -- A run ends where a day passes without the next one, also within a batch: a server that was down numbers later what
  -- it had accepted before. Only the last run of a batch is kept; it goes on with the known one if no day lies between.
  WITH failed AS (
    SELECT org_id, agent_id, event, result, ts, seq,
      ts >= lag(ts) OVER (PARTITION BY org_id, agent_id, event, result ORDER BY seq) + interval '1 day' AS begins
    FROM numbered WHERE result <> 'SUCCESS' AND agent_id IS NOT NULL
  ), parted AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY org_id, agent_id, event, result ORDER BY seq DESC) AS after
    FROM failed
  )
  INSERT INTO agent_trouble AS known (org_id, agent_id, event, result, count, since, last_at, last_seq)
  SELECT org_id, agent_id, event, result, count(*), min(ts), max(ts), max(seq)
  FROM parted WHERE after = 0 OR (after = 1 AND begins) GROUP BY 1, 2, 3, 4
  ON CONFLICT (org_id, agent_id, event, result) DO UPDATE SET
    count = CASE WHEN excluded.since < known.last_at + interval '1 day' THEN known.count ELSE 0 END + excluded.count,
    since = CASE WHEN excluded.since < known.last_at + interval '1 day' THEN known.since ELSE excluded.since END,
    last_at = greatest(known.last_at, excluded.last_at),
    last_seq = excluded.last_seq;

  WITH used AS MATERIALIZED (
    SELECT u.org_id, u.agent_id, u.day, u.meter, sum(u.quantity) AS quantity, sum(u.billable) AS billable, sum(u.micros) AS micros
    FROM numbered JOIN usage_record u ON u.org_id = numbered.org_id AND u.id = numbered.event_id GROUP BY 1, 2, 3, 4
  ), by_agent AS (
    INSERT INTO usage_agent_day AS known (org_id, agent_id, day, meter, quantity, micros)
    SELECT org_id, agent_id, day, meter, quantity, micros FROM used
    ON CONFLICT (org_id, agent_id, day, meter)
      DO UPDATE SET quantity = known.quantity + excluded.quantity, micros = known.micros + excluded.micros
  )
  INSERT INTO usage_day AS known (org_id, day, meter, quantity, billable, micros)
  SELECT org_id, day, meter, sum(quantity), sum(billable), sum(micros) FROM used GROUP BY 1, 2, 3
  ON CONFLICT (org_id, day, meter) DO UPDATE SET quantity = known.quantity + excluded.quantity,
    billable = known.billable + excluded.billable, micros = known.micros + excluded.micros;
  RETURN NULL;
END $$;

-- Limits that an action is counted against. For each meter of an organisation (scope empty; meter is one of the usage
-- record's) a row with the plan's quota, included units and price. For each cap that is set a row besides (meter is the
-- cap's: email, sms, voice; scope is empty or an agent's id). Null: no limit. Money is in micro-units.
-- What is used, and what of the limits is left, is split over slots, so that connections that accept at the same time do
-- not wait for one row: each spends from one, and shares out anew what all have left where none has enough.
CREATE TABLE budget (
  org_id         text    NOT NULL,
  scope          text    NOT NULL,
  meter          text    NOT NULL,
  month_units    bigint,
  month_micros   bigint,
  day_units      bigint,
  day_micros     bigint,
  -- Whether the limits refuse, or are only warned of.
  enforced       boolean NOT NULL,
  -- Units a month that cost nothing; null: all.
  included_units bigint,
  unit_micros    bigint  NOT NULL,
  -- In the month in which the plan has changed, these instead of included_units.
  mixed_month    date,
  mixed_units    bigint,
  PRIMARY KEY (org_id, scope, meter)
);

CREATE TABLE budget_slot (
  org_id            text     NOT NULL,
  scope             text     NOT NULL,
  meter             text     NOT NULL,
  slot              smallint NOT NULL,
  -- The day that the slot counts, and its month.
  day               date     NOT NULL,
  month_units       bigint   NOT NULL,
  month_micros      bigint   NOT NULL,
  day_units         bigint   NOT NULL,
  day_micros        bigint   NOT NULL,
  -- Of the included units: null where no slot has any left, so that the next unit is charged.
  left_included     bigint,
  unit_micros       bigint   NOT NULL,
  left_month_units  bigint,
  left_month_micros bigint,
  left_day_units    bigint,
  left_day_micros   bigint,
  PRIMARY KEY (org_id, scope, meter, slot)
) WITH (fillfactor = 50);

-- As many as connections spend at the same time: an agent has fewer of them than an organisation.
CREATE FUNCTION budget_slots(p_scope text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_scope = '' THEN 32 ELSE 8 END
$$;

-- What the slot of a rank gets of what is left, in steps of what one action takes. The first gets the rest. Null (no
-- limit) stays null; less than nothing is nothing.
CREATE FUNCTION budget_share(p_left bigint, p_step bigint, p_rank integer, p_slots integer)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN p_left < 0 THEN 0
    ELSE (p_left / p_step / p_slots + (p_rank < p_left / p_step % p_slots)::integer) * p_step
      + CASE WHEN p_rank = 0 THEN p_left % p_step ELSE 0 END
  END
$$;

-- Spends from all slots of a budget at once, or gives back to them (negative units), and shares out what is left.
-- p_micros is what it costs, null where the budget itself has the price. A later day than the slots' begins a new
-- period; an earlier one (a clock that is behind) does not bring the old one back, and what is given back for it is given
-- to the periods that it shares with today: the month, or none.
-- Raises ZB001 with what is used and allowed as its detail where it would exceed a limit, ZB002 where there is no budget.
CREATE FUNCTION share_budget(
  p_org text, p_scope text, p_meter text, p_units bigint, p_micros bigint, p_day date,
  OUT micros bigint, OUT billable bigint, OUT day date
) LANGUAGE plpgsql AS $$
DECLARE
  slots integer := budget_slots(p_scope);
  own integer := pg_backend_pid() % slots;
  b budget;
  is_locked boolean;
  n bigint;
  used_month_units bigint; used_month_micros bigint; used_day_units bigint; used_day_micros bigint;
  gives_back boolean := p_units < 0 OR coalesce(p_micros, 0) < 0;
  of_month boolean; of_day boolean;
  short text;
BEGIN
  -- First without locks: what is used up then stays so until somebody gives back, and refusing must be cheap.
  FOREACH is_locked IN ARRAY ARRAY[false, true] LOOP
    CONTINUE WHEN NOT is_locked AND (p_units <= 0);
    IF is_locked THEN
      PERFORM 1 FROM budget_slot s WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter ORDER BY s.slot FOR UPDATE;
    END IF;
    -- Limits change only while somebody has all slots, so they are read after the locks.
    SELECT * INTO b FROM budget x WHERE x.org_id = p_org AND x.scope = p_scope AND x.meter = p_meter;
    SELECT count(*), greatest(max(s.day), p_day) INTO n, day
      FROM budget_slot s WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter;
    IF n = 0 OR b.org_id IS NULL THEN
      RAISE EXCEPTION 'there is no budget' USING ERRCODE = 'ZB002', DETAIL = p_meter;
    END IF;
    IF b.mixed_month = date_trunc('month', day) THEN
      b.included_units := b.mixed_units;
    END IF;
    of_day := NOT gives_back OR p_day = day;
    of_month := NOT gives_back OR date_trunc('month', p_day) = date_trunc('month', day);
    SELECT coalesce(sum(s.month_units) FILTER (WHERE date_trunc('month', s.day) = date_trunc('month', share_budget.day)), 0),
      coalesce(sum(s.month_micros) FILTER (WHERE date_trunc('month', s.day) = date_trunc('month', share_budget.day)), 0),
      coalesce(sum(s.day_units) FILTER (WHERE s.day = share_budget.day), 0),
      coalesce(sum(s.day_micros) FILTER (WHERE s.day = share_budget.day), 0)
      INTO used_month_units, used_month_micros, used_day_units, used_day_micros
      FROM budget_slot s WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter;
    -- The same as priceOf in server/domain/billing/money.ts.
    billable := CASE WHEN b.included_units IS NULL THEN 0 ELSE
      greatest(used_month_units + p_units - b.included_units, 0) - greatest(used_month_units - b.included_units, 0) END;
    micros := coalesce(p_micros, billable * b.unit_micros);
    -- A price that has risen since must not give back more than was charged.
    IF p_micros IS NULL AND micros < 0 THEN micros := -least(-micros, greatest(used_month_micros, 0)); END IF;
    IF NOT of_month THEN
      billable := 0; micros := 0;
    END IF;
    short := CASE
      WHEN NOT b.enforced THEN NULL
      WHEN p_units > 0 AND used_month_units + p_units > b.month_units THEN 'month_units'
      WHEN micros > 0 AND used_month_micros + micros > b.month_micros THEN 'month_micros'
      WHEN p_units > 0 AND used_day_units + p_units > b.day_units THEN 'day_units'
      WHEN micros > 0 AND used_day_micros + micros > b.day_micros THEN 'day_micros'
    END;
    IF short IS NOT NULL THEN
      RAISE EXCEPTION 'the budget is used up' USING ERRCODE = 'ZB001', DETAIL = jsonb_build_object(
        'scope', p_scope, 'meter', p_meter, 'limit', short, 'day', day, 'units', p_units, 'micros', micros,
        'limits', jsonb_build_object('month_units', b.month_units, 'month_micros', b.month_micros,
          'day_units', b.day_units, 'day_micros', b.day_micros),
        'used', jsonb_build_object('month_units', used_month_units, 'month_micros', used_month_micros,
          'day_units', used_day_units, 'day_micros', used_day_micros))::text;
    END IF;
  END LOOP;

  IF NOT b.enforced THEN
    b.month_units := NULL; b.month_micros := NULL; b.day_units := NULL; b.day_micros := NULL;
  END IF;
  used_month_units := used_month_units + CASE WHEN of_month THEN p_units ELSE 0 END;
  used_month_micros := used_month_micros + CASE WHEN of_month THEN micros ELSE 0 END;
  used_day_units := used_day_units + CASE WHEN of_day THEN p_units ELSE 0 END;
  used_day_micros := used_day_micros + CASE WHEN of_day THEN micros ELSE 0 END;
  UPDATE budget_slot s SET
    -- All that is used is one number from here on; only the sum counts.
    month_units = CASE WHEN s.slot = own THEN used_month_units ELSE 0 END,
    month_micros = CASE WHEN s.slot = own THEN used_month_micros ELSE 0 END,
    day_units = CASE WHEN s.slot = own THEN used_day_units ELSE 0 END,
    day_micros = CASE WHEN s.slot = own THEN used_day_micros ELSE 0 END,
    day = share_budget.day,
    unit_micros = b.unit_micros,
    left_included = budget_share(nullif(greatest(b.included_units - used_month_units, 0), 0), 1, r.rank, slots),
    left_month_units = budget_share(b.month_units - used_month_units, 1, r.rank, slots),
    left_month_micros = budget_share(b.month_micros - used_month_micros, r.step, r.rank, slots),
    left_day_units = budget_share(b.day_units - used_day_units, 1, r.rank, slots),
    left_day_micros = budget_share(b.day_micros - used_day_micros, r.step, r.rank, slots)
  FROM (
    SELECT x.slot, (x.slot - own + slots) % slots AS rank, greatest(b.unit_micros, share_budget.micros, 1) AS step
    FROM generate_series(0, slots - 1) AS x (slot)
  ) r
  WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = r.slot;
END $$;

-- What an action costs at a slot, and whether the slot can grant it by itself.
CREATE FUNCTION slot_price(s budget_slot, p_units bigint, p_micros bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(p_micros, CASE WHEN s.left_included IS NULL THEN p_units * s.unit_micros ELSE 0 END)
$$;
CREATE FUNCTION slot_grants(s budget_slot, p_units bigint, p_micros bigint, p_day date)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT s.day = p_day AND coalesce(s.left_included >= p_units, true)
    AND coalesce(s.left_month_units >= p_units, true) AND coalesce(s.left_day_units >= p_units, true)
    AND coalesce(s.left_month_micros >= slot_price(s, p_units, p_micros), true)
    AND coalesce(s.left_day_micros >= slot_price(s, p_units, p_micros), true)
$$;

-- Spends from one slot: the connection's own, else one that nobody holds, else one that has enough when who holds it is
-- through; and where none has enough by itself, from all of them (share_budget, whose errors are its own).
-- Whoever wants all slots must hold none: two of them would wait for each other. A row that was locked stays so until the
-- transaction ends, also where it turns out to be no longer enough. So nobody waits for a slot and then wants all:
-- ZB003 says to begin anew.
CREATE FUNCTION take_budget(
  p_org text, p_scope text, p_meter text, p_units bigint, p_micros bigint, p_day date,
  OUT micros bigint, OUT billable bigint, OUT day date
) LANGUAGE plpgsql AS $$
DECLARE
  own integer := pg_backend_pid() % budget_slots(p_scope);
  granting smallint;
BEGIN
  IF p_units >= 0 AND coalesce(p_micros, 0) >= 0 THEN
    SELECT s.slot INTO granting FROM budget_slot s
      WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = own
        AND slot_grants(s, p_units, p_micros, p_day)
      FOR NO KEY UPDATE SKIP LOCKED;
    IF granting IS NULL THEN
      SELECT s.slot INTO granting FROM budget_slot s
        WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND slot_grants(s, p_units, p_micros, p_day)
        LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    IF granting IS NULL THEN
      SELECT s.slot INTO granting FROM budget_slot s
        WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND slot_grants(s, p_units, p_micros, p_day)
        ORDER BY s.slot <> own, s.slot LIMIT 1;
      IF granting IS NOT NULL THEN
        PERFORM 1 FROM budget_slot s
          WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = granting
            AND slot_grants(s, p_units, p_micros, p_day)
          FOR NO KEY UPDATE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the slot was used up meanwhile' USING ERRCODE = 'ZB003';
        END IF;
      END IF;
    END IF;
  END IF;
  IF granting IS NULL THEN
    SELECT x.* INTO micros, billable, day FROM share_budget(p_org, p_scope, p_meter, p_units, p_micros, p_day) x;
    RETURN;
  END IF;
  UPDATE budget_slot s SET
    month_units = s.month_units + p_units,
    month_micros = s.month_micros + slot_price(s, p_units, p_micros),
    day_units = s.day_units + p_units,
    day_micros = s.day_micros + slot_price(s, p_units, p_micros),
    left_included = s.left_included - p_units,
    left_month_units = s.left_month_units - p_units,
    left_month_micros = s.left_month_micros - slot_price(s, p_units, p_micros),
    left_day_units = s.left_day_units - p_units,
    left_day_micros = s.left_day_micros - slot_price(s, p_units, p_micros)
  WHERE s.org_id = p_org AND s.scope = p_scope AND s.meter = p_meter AND s.slot = granting
  RETURNING slot_price(s, p_units, p_micros), CASE WHEN s.left_included IS NULL THEN p_units ELSE 0 END, s.day
    INTO micros, billable, day;
END $$;

-- What an action spends: of the organisation's meter, whose price it pays, and of every cap that it falls under. Its
-- locks are taken in this order by everybody: the meter's slots, the organisation's cap, the agent's cap. A cap is set
-- while all slots of its meters are held, so one that is not seen here cannot come into being before this commits.
-- @returns what it costs, how many units the plan did not include, and the day that it counts for
CREATE FUNCTION spend_budget(
  p_org text, p_agent text, p_meter text, p_cap text, p_units bigint, p_cap_units bigint, p_day date,
  OUT micros bigint, OUT billable bigint, OUT day date
) LANGUAGE plpgsql AS $$
DECLARE
  cap_scope text;
BEGIN
  SELECT x.* INTO micros, billable, day FROM take_budget(p_org, '', p_meter, p_units, NULL, p_day) x;
  FOR cap_scope IN SELECT b.scope FROM budget b
    WHERE b.org_id = p_org AND b.meter = p_cap AND b.scope IN ('', p_agent) ORDER BY b.scope = p_agent
  LOOP
    PERFORM take_budget(p_org, cap_scope, p_cap, p_cap_units, spend_budget.micros,
      CASE WHEN p_units < 0 THEN p_day ELSE spend_budget.day END);
  END LOOP;
END $$;
