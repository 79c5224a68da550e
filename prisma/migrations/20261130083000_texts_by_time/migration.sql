-- no transaction
-- Conversations by text stand among those by mail, of which there are far more.
CREATE INDEX CONCURRENTLY IF NOT EXISTS thread_texts ON thread (org_id, last_message_at, id) WHERE channel = 'SMS'
