-- What the console's first pages show, kept up as events are numbered, so that reading it costs the same at any size.
-- One trigger on event_sequence does it in the sequencer's transaction, once a batch: whatever has a number is counted,
-- whichever release of the server gave it. The sequencers take turns, so nobody waits for a row here.

-- How often what happened, by hour of UTC.
CREATE TABLE event_hour (
  org_id  text        NOT NULL,
  hour    timestamptz NOT NULL,
  channel text        NOT NULL,
  event   text        NOT NULL,
  result  text        NOT NULL,
  count   bigint      NOT NULL,
  PRIMARY KEY (org_id, hour, channel, event, result)
) WITH (fillfactor = 70);

-- What an agent was refused, or failed at, the last time: one row for each kind of it. `count` events since `since`,
-- none of them a day or more after the one before; later ones begin to count anew. (Within a batch this is not looked
-- at: an event waits for its number for moments.)
CREATE TABLE agent_trouble (
  org_id   text        NOT NULL,
  agent_id text        NOT NULL,
  event    text        NOT NULL,
  result   text        NOT NULL,
  count    bigint      NOT NULL,
  since    timestamptz NOT NULL,
  last_at  timestamptz NOT NULL,
  last_seq bigint      NOT NULL,
  PRIMARY KEY (org_id, agent_id, event, result)
) WITH (fillfactor = 70);
CREATE INDEX agent_trouble_latest ON agent_trouble (org_id, result, last_at DESC);

-- The sum of usage_record by meter and day of UTC.
CREATE TABLE usage_day (
  org_id   text   NOT NULL,
  day      date   NOT NULL,
  meter    text   NOT NULL,
  quantity bigint NOT NULL,
  PRIMARY KEY (org_id, day, meter)
) WITH (fillfactor = 70);

-- A usage record has the id of the event that it was written with. It is looked up by that key and never otherwise:
-- the planner, whose plan is kept, would read the whole table while that is small and go on so when it is large.
CREATE FUNCTION count_events() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO event_hour AS known (org_id, hour, channel, event, result, count)
  SELECT org_id, date_trunc('hour', ts, 'UTC'), channel, event, result, count(*)
  FROM numbered GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (org_id, hour, channel, event, result) DO UPDATE SET count = known.count + excluded.count;

  INSERT INTO agent_trouble AS known (org_id, agent_id, event, result, count, since, last_at, last_seq)
  SELECT org_id, agent_id, event, result, count(*), min(ts), max(ts), max(seq)
  FROM numbered WHERE result <> 'SUCCESS' AND agent_id IS NOT NULL GROUP BY 1, 2, 3, 4
  ON CONFLICT (org_id, agent_id, event, result) DO UPDATE SET
    count = CASE WHEN excluded.since < known.last_at + interval '1 day' THEN known.count ELSE 0 END + excluded.count,
    since = CASE WHEN excluded.since < known.last_at + interval '1 day' THEN known.since ELSE excluded.since END,
    last_at = greatest(known.last_at, excluded.last_at),
    last_seq = excluded.last_seq;

  INSERT INTO usage_day AS known (org_id, day, meter, quantity)
  SELECT used.org_id, (used.created_at AT TIME ZONE 'UTC')::date, used.meter, sum(used.quantity)
  FROM numbered
  JOIN usage_record used ON used.org_id = numbered.org_id AND used.id = numbered.event_id GROUP BY 1, 2, 3
  ON CONFLICT (org_id, day, meter) DO UPDATE SET quantity = known.quantity + excluded.quantity;
  RETURN NULL;
END $$;

-- Waits for the batch that is being numbered and keeps the next one waiting until all of this is committed.
CREATE TRIGGER event_sequence_counted AFTER INSERT ON event_sequence
  REFERENCING NEW TABLE AS numbered FOR EACH STATEMENT EXECUTE FUNCTION count_events();

INSERT INTO event_hour (org_id, hour, channel, event, result, count)
SELECT org_id, date_trunc('hour', ts, 'UTC'), channel, event, result, count(*)
FROM event_sequence GROUP BY 1, 2, 3, 4, 5;

INSERT INTO agent_trouble (org_id, agent_id, event, result, count, since, last_at, last_seq)
SELECT DISTINCT ON (org_id, agent_id, event, result)
  org_id, agent_id, event, result, count(*), min(ts), max(ts), max(seq)
FROM (
  SELECT *, count(*) FILTER (WHERE is_first) OVER kind AS run
  FROM (
    SELECT *, ts >= lag(ts) OVER kind + interval '1 day' AS is_first
    FROM event_sequence WHERE result <> 'SUCCESS' AND agent_id IS NOT NULL
    WINDOW kind AS (PARTITION BY org_id, agent_id, event, result ORDER BY seq)
  ) AS spaced
  WINDOW kind AS (PARTITION BY org_id, agent_id, event, result ORDER BY seq)
) AS runs
GROUP BY org_id, agent_id, event, result, run
ORDER BY org_id, agent_id, event, result, run DESC;

-- Records of before have ids of their own, so no event that is still to be numbered counts them a second time.
INSERT INTO usage_day (org_id, day, meter, quantity)
SELECT org_id, (created_at AT TIME ZONE 'UTC')::date, meter, sum(quantity) FROM usage_record GROUP BY 1, 2, 3;

CREATE INDEX agent_paused ON agent (org_id, id) WHERE status = 'PAUSED';
