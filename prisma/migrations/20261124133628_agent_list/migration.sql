-- CreateIndex
CREATE INDEX "agent_org_id_status_id_idx" ON "agent"("org_id", "status", "id");

-- The list by name. Each status is read by its own key, so deleted agents cost nothing.
CREATE INDEX agent_by_name ON "agent" (org_id, status, lower(name), id);

-- Part of a name, slug or address. The organisation stands in the same index, as in message_search.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX agent_search ON "agent" USING gin (org_id, lower(name || E'\n' || slug) gin_trgm_ops);
CREATE INDEX inbox_search ON "inbox" USING gin (org_id, email gin_trgm_ops) WHERE deleted_at IS NULL;
