-- The lists of keys. Each kind, in force or revoked, is read by its own key, so that neither many agents' keys nor many
-- revoked ones cost anything. Last use is in no index: it changes with every minute that a key is used.
ALTER TABLE "api_key" ADD COLUMN is_revoked boolean GENERATED ALWAYS AS (revoked_at IS NOT NULL) STORED;
CREATE INDEX api_key_by_age ON "api_key" (org_id, is_revoked, kind, id);
CREATE INDEX api_key_by_name ON "api_key" (org_id, is_revoked, kind, lower(name), id);
CREATE INDEX api_key_by_expiry ON "api_key" (org_id, is_revoked, kind, coalesce(expires_at, 'infinity'::timestamptz), id);
CREATE INDEX api_key_search ON "api_key" USING gin (org_id, lower(name || E'\n' || prefix) gin_trgm_ops);
