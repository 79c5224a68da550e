-- What the log is searched by. An event's kind is its channel, name and result; there are few kinds (their names are in
-- the code), so any combination of them is read as a merge of kinds, each in the order of numbers (server/audit/select.ts).
CREATE INDEX event_sequence_kind ON event_sequence (org_id, channel, event, result, seq);
CREATE INDEX event_sequence_agent_kind ON event_sequence (org_id, agent_id, channel, event, result, seq)
  WHERE agent_id IS NOT NULL;
CREATE INDEX event_sequence_request ON event_sequence (org_id, request_id, seq) WHERE request_id IS NOT NULL;
-- The kinds of an agent say all that it said.
DROP INDEX event_sequence_agent;

-- From when to when the events of 4,096 numbers are. Numbers follow the order in which events were appended, times come
-- from the clocks of servers, so neither says the other; with this, a range of time is found without reading the log,
-- and exactly, also after a clock was set back. A trigger keeps it, so that no way into event_sequence can forget it.
CREATE TABLE event_span (
  org_id   text        NOT NULL,
  chunk    bigint      NOT NULL,
  first_ts timestamptz NOT NULL,
  last_ts  timestamptz NOT NULL,
  PRIMARY KEY (org_id, chunk)
);

INSERT INTO event_span
SELECT org_id, seq >> 12, min(ts), max(ts) FROM event_sequence GROUP BY 1, 2;

CREATE FUNCTION widen_event_span() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event_span AS span (org_id, chunk, first_ts, last_ts)
  SELECT org_id, seq >> 12, min(ts), max(ts) FROM added GROUP BY 1, 2
  ON CONFLICT (org_id, chunk) DO UPDATE
    SET first_ts = least(span.first_ts, excluded.first_ts), last_ts = greatest(span.last_ts, excluded.last_ts);
  RETURN NULL;
END $$;

CREATE TRIGGER event_sequence_span AFTER INSERT ON event_sequence
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION widen_event_span();
