-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "ownership" TEXT NOT NULL,
    "human_email" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "agent_id" TEXT,
    "is_primary" BOOLEAN NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT,
    "email" TEXT NOT NULL,
    "local_part" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "display_name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "inbox_id" TEXT,
    "channel" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "status_reason" TEXT,
    "from_address" TEXT NOT NULL,
    "to" TEXT[],
    "cc" TEXT[],
    "bcc" TEXT[],
    "subject" TEXT,
    "body" TEXT NOT NULL,
    "body_html" TEXT,
    "extracted_text" TEXT,
    "extracted_html" TEXT,
    "headers" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "thread_id" TEXT NOT NULL,
    "labels" TEXT[],
    "external_id" TEXT,
    "in_reply_to" TEXT,
    "references" TEXT[],
    "correlation_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "verdicts" JSONB,
    "raw_key" TEXT,
    "dedup_hash" BYTEA,
    "sent_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "thread" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "subject" TEXT,
    "participants" TEXT[],
    "message_count" INTEGER NOT NULL,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "last_message_snippet" TEXT NOT NULL,
    "last_message_direction" TEXT NOT NULL,

    CONSTRAINT "thread_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "attachment" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "content_id" TEXT,
    "storage_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "org_id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "last_response" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("org_id","message_id","recipient")
);

-- CreateTable
CREATE TABLE "usage_record" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "resource_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_record_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "verification_challenge" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "mailed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_challenge_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "session" (
    "token_hash" BYTEA NOT NULL,
    "id" TEXT NOT NULL,
    "org_id" TEXT NOT NULL,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "sign_in_link" (
    "token_hash" BYTEA NOT NULL,
    "org_id" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "dkim_key" (
    "domain" TEXT NOT NULL,
    "selector" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "private_key" BYTEA NOT NULL,
    "public_key_dns" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dkim_key_pkey" PRIMARY KEY ("domain","selector")
);

-- CreateTable
CREATE TABLE "server_state" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "server_state_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "organization_slug_key" ON "organization"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "organization_human_email_key" ON "organization"("human_email");

-- CreateIndex
CREATE UNIQUE INDEX "agent_org_id_slug_key" ON "agent"("org_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_org_id_agent_id_idx" ON "api_key"("org_id", "agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_email_key" ON "inbox"("email");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_org_id_agent_id_key" ON "inbox"("org_id", "agent_id");

-- CreateIndex
CREATE INDEX "message_org_id_agent_id_id_idx" ON "message"("org_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "message_org_id_thread_id_id_idx" ON "message"("org_id", "thread_id", "id");

-- CreateIndex
CREATE INDEX "message_org_id_external_id_idx" ON "message"("org_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "message_org_id_inbox_id_dedup_hash_key" ON "message"("org_id", "inbox_id", "dedup_hash");

-- CreateIndex
CREATE INDEX "thread_org_id_last_message_at_id_idx" ON "thread"("org_id", "last_message_at", "id");

-- CreateIndex
CREATE INDEX "thread_org_id_agent_id_last_message_at_id_idx" ON "thread"("org_id", "agent_id", "last_message_at", "id");

-- CreateIndex
CREATE INDEX "attachment_org_id_message_id_idx" ON "attachment"("org_id", "message_id");

-- CreateIndex
CREATE INDEX "usage_record_org_id_created_at_idx" ON "usage_record"("org_id", "created_at");

-- CreateIndex
CREATE INDEX "verification_challenge_org_id_agent_id_created_at_idx" ON "verification_challenge"("org_id", "agent_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "session_id_key" ON "session"("id");

-- CreateIndex
CREATE INDEX "session_org_id_idx" ON "session"("org_id");

-- What a person would look for, and "from <address>", "to <address>" (message_address). No word of a text has a space
-- in it, so the two can not be confused. Bounded: a tsvector may not exceed 1 MB, a lexeme 2 kB. "simple" has no language.
CREATE FUNCTION message_search(subject text, from_address text, recipients text[], copied text[], body text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('simple'::regconfig, left(concat_ws(' ', subject, from_address,
      array_to_string(recipients[1:100] || copied[1:100], ' '), body), 100000))
    || array_to_tsvector(array_prepend('from ' || lower(left(from_address, 320)),
      ARRAY(SELECT 'to ' || lower(left(recipient, 320)) FROM unnest(recipients[1:100]) AS recipient
        WHERE recipient IS NOT NULL)))
$$;

-- The query for messages from or to an address.
CREATE FUNCTION message_address(role text, address text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('''' || replace(replace(role || ' ' || lower(left(address, 320)), '\', '\\'), '''', '''''') || '''')::tsquery
$$;

ALTER TABLE "message" ADD COLUMN "search" tsvector
  GENERATED ALWAYS AS (message_search(subject, from_address, "to", cc, body)) STORED;
-- The organisation stands in the same index, so that a word common elsewhere costs nothing here.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX message_search ON "message" USING gin (org_id, search);

-- Everything else that lists are filtered by, in one index. Labels are in lower case, the others in upper case.
CREATE INDEX message_facets ON "message" USING gin (org_id, (labels || ARRAY[channel, direction, status]));

-- Mail that is kept here: foreign mail without a relay, mail of a paused agent.
CREATE INDEX message_held ON "message" (org_id, id) WHERE status = 'QUEUED' AND status_reason IN ('NO_RELAY', 'AGENT_PAUSED');
