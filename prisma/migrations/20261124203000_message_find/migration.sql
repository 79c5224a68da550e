-- Where a message stands: the stretches of time that it lies in (the first 4, 5 and 6 characters of a ULID are 12 days, 9
-- hours and 17 minutes), its agent, its inbox. Together with words or labels in one index, they find the newest matches
-- stretch by stretch: GIN has no order, and reading all matches of a common word to sort them took seconds.
CREATE FUNCTION message_places(id text, agent_id text, inbox_id text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY[left(id, 4), left(id, 5), left(id, 6), agent_id, coalesce(inbox_id, agent_id)]
$$;

-- The organisation stands in the same index, so that a word common elsewhere costs nothing here. Labels are in lower case,
-- what is beside them in upper case.
CREATE INDEX message_find ON "message" USING gin
  (org_id, search, (labels || ARRAY[channel, direction, status]), message_places(id, agent_id, inbox_id));
DROP INDEX message_search;
DROP INDEX message_facets;
