-- no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS thread_agent_texts ON thread (org_id, agent_id, last_message_at, id) WHERE channel = 'SMS'
