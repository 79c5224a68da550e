-- Lists of messages are read by key, in the order of ids, whatever they are filtered by. What an index leaves open, a
-- query asks for value by value (server/domain/messages/query.ts).
ALTER TABLE "message" ADD COLUMN "spam" boolean GENERATED ALWAYS AS (labels @> '{spam}') STORED;

DROP INDEX "message_org_id_agent_id_id_idx";
CREATE INDEX "message_org_id_spam_id_idx" ON "message" ("org_id", "spam", "id");
CREATE INDEX "message_org_id_agent_id_spam_id_idx" ON "message" ("org_id", "agent_id", "spam", "id");
CREATE INDEX "message_org_id_inbox_id_spam_id_idx" ON "message" ("org_id", "inbox_id", "spam", "id");
CREATE INDEX message_state ON "message" (org_id, spam, channel, direction, status, id);
CREATE INDEX message_agent_state ON "message" (org_id, agent_id, spam, channel, direction, status, id);

-- One row for each thing of which a message may have several: "label x", "from <address>", "to <address>".
CREATE TABLE "message_tag" (
    "org_id" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "spam" BOOLEAN NOT NULL,
    "message_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,

    CONSTRAINT "message_tag_pkey" PRIMARY KEY ("org_id", "tag", "spam", "message_id")
);
CREATE INDEX "message_tag_agent" ON "message_tag" ("org_id", "agent_id", "tag", "spam", "message_id");

CREATE FUNCTION message_tags(labels text[], from_address text, recipients text[])
RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'label ' || unnest(labels)
  UNION SELECT 'from ' || lower(left(from_address, 320))
  UNION SELECT 'to ' || lower(left(recipient, 320)) FROM unnest(recipients[1:100]) AS recipient
$$;

-- A trigger, so that a message cannot be written without: the accepting statement, the mail that arrives, labels.
CREATE FUNCTION tag_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM message_tag WHERE org_id = OLD.org_id AND message_id = OLD.id AND spam = OLD.spam
      AND tag IN (SELECT message_tags(OLD.labels, OLD.from_address, OLD."to"));
  END IF;
  INSERT INTO message_tag (org_id, tag, spam, message_id, agent_id)
    SELECT NEW.org_id, tag, NEW.spam, NEW.id, NEW.agent_id
    FROM message_tags(NEW.labels, NEW.from_address, NEW."to") AS tag;
  RETURN NULL;
END
$$;
CREATE TRIGGER tag_message AFTER INSERT OR UPDATE OF labels ON "message" FOR EACH ROW EXECUTE FUNCTION tag_message();

INSERT INTO message_tag (org_id, tag, spam, message_id, agent_id)
  SELECT org_id, tag, spam, id, agent_id FROM message, message_tags(labels, from_address, "to") AS tag;
