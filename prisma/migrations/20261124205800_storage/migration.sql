-- AlterTable
ALTER TABLE "message" ADD COLUMN     "raw_bytes" BIGINT;
ALTER TABLE "billing_account" ADD COLUMN     "plan_deferred_at" TIMESTAMPTZ(3);
ALTER TABLE "invoice_state" ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "closed_reason" TEXT;

-- Bytes of files that an organisation has: the sum of its rows. They are changed by the statement that stores or deletes,
-- so what is committed is counted, and nothing else. Slot 0 is for whoever may be refused; the others are for whoever
-- is not, each connection its own, so that they do not wait for one row.
CREATE TABLE stored_bytes (
  org_id text     NOT NULL,
  slot   smallint NOT NULL,
  bytes  bigint   NOT NULL,
  PRIMARY KEY (org_id, slot)
) WITH (fillfactor = 50);

-- Attachments that were stored before; the sizes of sources were not kept.
INSERT INTO stored_bytes (org_id, slot, bytes)
SELECT org_id, 0, sum(size_bytes) FROM attachment
WHERE storage_key LIKE org_id || '/' || message_id || '/%' GROUP BY org_id;

-- Counts bytes that are stored (or, below zero, deleted) in this transaction. With a limit, those who store take turns
-- until they commit, so that the sum is exact; ZB004 with {used, wanted, limit} where it would be exceeded.
-- The row of slot 0 is the last lock that an action takes but for rows of its own.
CREATE FUNCTION keep_bytes(p_org text, p_bytes bigint, p_limit bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  held bigint;
BEGIN
  INSERT INTO stored_bytes AS s (org_id, slot, bytes)
    VALUES (p_org, CASE WHEN p_limit IS NULL THEN 1 + pg_backend_pid() % 8 ELSE 0 END, p_bytes)
    ON CONFLICT (org_id, slot) DO UPDATE SET bytes = s.bytes + p_bytes;
  IF p_limit IS NULL THEN
    RETURN p_bytes;
  END IF;
  SELECT sum(s.bytes) INTO held FROM stored_bytes s WHERE s.org_id = p_org;
  IF held > p_limit THEN
    RAISE EXCEPTION 'the storage is full' USING ERRCODE = 'ZB004',
      DETAIL = jsonb_build_object('used', held - p_bytes, 'wanted', p_bytes, 'limit', p_limit)::text;
  END IF;
  RETURN p_bytes;
END $$;
