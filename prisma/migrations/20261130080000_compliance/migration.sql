-- Of an opt-out: which of the organisation's numbers it was said to, in which chain.
ALTER TABLE "opt_out" ADD COLUMN "own_number" TEXT, ADD COLUMN "correlation_id" TEXT;

-- CreateTable
CREATE TABLE "stop_heard" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "own_number" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "settled_by" TEXT,

    CONSTRAINT "stop_heard_pkey" PRIMARY KEY ("org_id","id")
);

CREATE INDEX stop_heard_waiting ON stop_heard (org_id, id) WHERE settled_at IS NULL;
CREATE INDEX stop_heard_number ON stop_heard (org_id, phone_number) WHERE settled_at IS NULL;

-- How often each gate refused a call or text, by hour of UTC; gate is empty where something before the gates did. Kept up
-- like event_hour, and for the same reason: reading it costs the same at any length of the log.
CREATE TABLE refusal_hour (
  org_id text        NOT NULL,
  hour   timestamptz NOT NULL,
  event  text        NOT NULL,
  gate   text        NOT NULL,
  count  bigint      NOT NULL,
  PRIMARY KEY (org_id, hour, event, gate)
) WITH (fillfactor = 70);

-- The gate stands in the record alone, which is read by its key and never otherwise (see count_events).
CREATE FUNCTION count_refusals() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO refusal_hour AS known (org_id, hour, event, gate, count)
  SELECT n.org_id, date_trunc('hour', n.ts, 'UTC'), n.event, coalesce(e.record::json #>> '{data,gate}', ''), count(*)
  FROM numbered n
  JOIN event e ON e.org_id = n.org_id AND e.id = n.event_id AND e.ts = n.ts
  WHERE n.event IN ('voice.call.refused', 'sms.refused') AND n.result = 'DENIED'
  GROUP BY 1, 2, 3, 4
  ON CONFLICT (org_id, hour, event, gate) DO UPDATE SET count = known.count + excluded.count;
  RETURN NULL;
END $$;

CREATE TRIGGER event_sequence_refusals AFTER INSERT ON event_sequence
  REFERENCING NEW TABLE AS numbered FOR EACH STATEMENT EXECUTE FUNCTION count_refusals();

INSERT INTO refusal_hour (org_id, hour, event, gate, count)
SELECT s.org_id, date_trunc('hour', s.ts, 'UTC'), s.event, coalesce(e.record::json #>> '{data,gate}', ''), count(*)
FROM event_sequence s
JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id AND e.ts = s.ts
WHERE s.event IN ('voice.call.refused', 'sms.refused') AND s.result = 'DENIED'
GROUP BY 1, 2, 3, 4;
