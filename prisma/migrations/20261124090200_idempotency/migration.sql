-- Stored answers. The body is encrypted under ROOT_KEY: it may hold a new key, which is shown once.
-- The scope is an organisation or, for a request without a key of ours, a client address ("ip:...").
CREATE TABLE idempotency_record (
  scope       text        NOT NULL,
  principal   text        NOT NULL,
  key         text        NOT NULL,
  fingerprint bytea       NOT NULL,
  status      integer,
  headers     jsonb,
  body        bytea,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (scope, principal, key)
);

CREATE INDEX idempotency_expiry ON idempotency_record (expires_at);
