-- The event log. An event has two parts: the record (canonical JSON, never changed, the leaf of the organisation's
-- Merkle tree) and the private part (addresses, subjects, free text), which an erasure may delete. The record commits
-- to the private part by a salted hash.
-- Partitioned by month of ts, so that retention drops whole partitions; event_default catches what has no partition.

CREATE TABLE event (
  org_id text        NOT NULL,
  id     text        NOT NULL,
  ts     timestamptz NOT NULL,
  record text        NOT NULL,
  PRIMARY KEY (org_id, id, ts)
) PARTITION BY RANGE (ts);

CREATE TABLE event_default PARTITION OF event DEFAULT;

CREATE TABLE event_private (
  org_id   text        NOT NULL,
  event_id text        NOT NULL,
  ts       timestamptz NOT NULL,
  salt     bytea       NOT NULL,
  data     text        NOT NULL,
  PRIMARY KEY (org_id, event_id, ts)
) PARTITION BY RANGE (ts);

CREATE TABLE event_private_default PARTITION OF event_private DEFAULT;

-- Appended and not yet sequenced. A row becomes visible when its transaction commits, however late, so none is skipped.
-- task is the job that follows from the event: the sequencer queues it in the transaction that numbers the event, many
-- at a time, since a job and its notification in every hot transaction cost a third of the rate (npm run bench).
-- Every row lives for milliseconds, so the table is vacuumed by count, not by its (tiny) size.
CREATE TABLE event_pending (
  n        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id   text        NOT NULL,
  event_id text        NOT NULL,
  ts       timestamptz NOT NULL,
  task     text,
  payload  json
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The organisation's numbers: contiguous from 0, never reused. leaf_hash is RFC 6962's SHA-256(0x00 || record).
-- The columns after it repeat what lists filter by, so that the hot path maintains no index for them.
CREATE TABLE event_sequence (
  org_id         text        NOT NULL,
  seq            bigint      NOT NULL,
  event_id       text        NOT NULL,
  ts             timestamptz NOT NULL,
  leaf_hash      bytea       NOT NULL,
  channel        text        NOT NULL,
  event          text        NOT NULL,
  result         text        NOT NULL,
  agent_id       text,
  correlation_id text        NOT NULL,
  request_id     text,
  PRIMARY KEY (org_id, seq),
  UNIQUE (org_id, event_id)
);
CREATE INDEX event_sequence_correlation ON event_sequence (org_id, correlation_id, seq);
CREATE INDEX event_sequence_agent ON event_sequence (org_id, agent_id, seq);

-- One row an organisation: how many leaves its tree has, and the roots of its complete subtrees, largest first.
CREATE TABLE event_tree (
  org_id   text   PRIMARY KEY,
  size     bigint NOT NULL,
  frontier bytea  NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_sequence_append_only BEFORE UPDATE OR DELETE ON event_sequence
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_private_unchanged BEFORE UPDATE ON event_private FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER usage_record_append_only BEFORE UPDATE OR DELETE ON usage_record
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The one way into the log: called inside the transaction of the action that it records.
CREATE FUNCTION append_event(
  p_org_id text, p_id text, p_ts timestamptz, p_record text, p_salt bytea, p_private text, p_task text, p_payload json
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (org_id, id, ts, record) VALUES (p_org_id, p_id, p_ts, p_record);
  IF p_private IS NOT NULL THEN
    INSERT INTO event_private (org_id, event_id, ts, salt, data) VALUES (p_org_id, p_id, p_ts, p_salt, p_private);
  END IF;
  INSERT INTO event_pending (org_id, event_id, ts, task, payload) VALUES (p_org_id, p_id, p_ts, p_task, p_payload);
END $$;

-- Makes the partitions of a month, where they do not exist. Called at start and daily.
CREATE FUNCTION ensure_event_partitions(p_month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first_day date := date_trunc('month', p_month)::date;
  suffix text := to_char(p_month, 'YYYYMM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('anima event partitions'));
  IF to_regclass('event_' || suffix) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)', 'event_' || suffix,
      first_day::timestamp AT TIME ZONE 'UTC', (first_day + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  END IF;
  IF to_regclass('event_private_' || suffix) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF event_private FOR VALUES FROM (%L) TO (%L)', 'event_private_' || suffix,
      first_day::timestamp AT TIME ZONE 'UTC', (first_day + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  END IF;
END $$;
