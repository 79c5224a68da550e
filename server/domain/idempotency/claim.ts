import type { Transaction } from "#server/platform/database.ts";
import { databaseCodes } from "#server/platform/error-code.ts";
import type { IdempotencyClaim, Services } from "../context.ts";
import { DomainError } from "../errors.ts";

/** Thrown by a verb whose statement found the key taken. It wrote nothing; the answer of the first one is replayed. */
export class KeyTaken extends Error {}

/** What a request was answered, and what a repetition of it is answered. */
export type Answer = { status: number; headers: Record<string, string>; body: string };

const HOURS_KEPT = 24;

// An answer may hold a new key, which must not lie in the database for a day in the clear.
const SEALED_FOR = "idempotency";

function seal(services: Services, body: string): Buffer {
  return services.rootKey.encrypt(SEALED_FOR, Buffer.from(body));
}

/** SQL that claims the key, taking over a record that has expired; no row when an equal request was first. */
export const CLAIM_SQL = `INSERT INTO idempotency_record AS r (scope, principal, key, fingerprint, status, headers, body, expires_at)
  SELECT $1::text, $2::text, $3::text, $4::bytea, $5::integer, $6::jsonb, $7::bytea, $8::timestamptz`;
export const CLAIM_CONFLICT = `ON CONFLICT (scope, principal, key) DO UPDATE
  SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body,
      expires_at = excluded.expires_at
  WHERE r.expires_at <= excluded.expires_at - interval '${HOURS_KEPT} hours'`;

/** The parameters of CLAIM_SQL. The answer is null where it is not known yet. */
export function claimParameters(services: Services, claim: IdempotencyClaim, answer: Answer | null): unknown[] {
  const expiresAt = new Date(services.clock.now().getTime() + HOURS_KEPT * 3_600_000);
  return [
    claim.scope,
    claim.principal,
    claim.key,
    claim.fingerprint,
    answer?.status ?? null,
    answer ? JSON.stringify(answer.headers) : null,
    answer ? seal(services, answer.body) : null,
    expiresAt,
  ];
}

/**
 * Claims the key at the start of a transaction. A request with the same key that is running holds the row, so this
 * waits for it: as long as the database's lock_timeout (10 s), then IDEMPOTENCY_IN_PROGRESS.
 *
 * @returns whether this request is the first
 */
export async function claimKey(services: Services, tx: Transaction, claim: IdempotencyClaim): Promise<boolean> {
  try {
    const claimed = await tx.$queryRawUnsafe<unknown[]>(
      `${CLAIM_SQL} ${CLAIM_CONFLICT} RETURNING 1`,
      ...claimParameters(services, claim, null),
    );
    return claimed.length > 0;
  } catch (error) {
    if (isLockTimeout(error)) throw inProgress();
    throw error;
  }
}

/** Stores what the claimed request answered, in the same transaction. */
export async function storeAnswer(
  services: Services,
  tx: Transaction,
  claim: IdempotencyClaim,
  answer: Answer,
): Promise<void> {
  await tx.$executeRaw`UPDATE idempotency_record
    SET status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}::jsonb, body = ${new Uint8Array(seal(services, answer.body))}
    WHERE scope = ${claim.scope} AND principal = ${claim.principal} AND key = ${claim.key}`;
}

/**
 * Claims the key together with its answer, for a request that wrote nothing else (a refusal).
 * IDEMPOTENCY_IN_PROGRESS when an equal request runs for too long.
 *
 * @returns false when an equal request was first
 */
export async function claimWithAnswer(services: Services, claim: IdempotencyClaim, answer: Answer): Promise<boolean> {
  try {
    const { rowCount } = await services.db.pool.query(
      `${CLAIM_SQL} ${CLAIM_CONFLICT}`,
      claimParameters(services, claim, answer),
    );
    return rowCount === 1;
  } catch (error) {
    if (isLockTimeout(error)) throw inProgress();
    throw error;
  }
}

/** Whether a request with the claim's key was answered before. Whether it was the same one is for storedAnswer. */
export async function isTaken({ clock }: Services, db: Transaction, claim: IdempotencyClaim): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`SELECT 1 FROM idempotency_record WHERE scope = ${claim.scope}
    AND principal = ${claim.principal} AND key = ${claim.key} AND expires_at > ${clock.now()}`;
  return rows.length > 0;
}

type StoredRow = { fingerprint: Buffer; status: number; headers: Record<string, string>; body: Buffer };

/**
 * The answer that was stored under the claim's key.
 * IDEMPOTENCY_BODY_MISMATCH when it belongs to another request. Null when there is none.
 */
export async function storedAnswer(services: Services, claim: IdempotencyClaim): Promise<Answer | null> {
  const { rows } = await services.db.pool.query<StoredRow>({
    name: "idempotency-stored",
    text: `SELECT fingerprint, status, headers, body FROM idempotency_record
      WHERE scope = $1 AND principal = $2 AND key = $3 AND expires_at > $4`,
    values: [claim.scope, claim.principal, claim.key, services.clock.now()],
  });
  const stored = rows[0];
  if (!stored) return null;
  if (!stored.fingerprint.equals(claim.fingerprint)) {
    throw new DomainError(
      "IDEMPOTENCY_BODY_MISMATCH",
      "This Idempotency-Key was used with another method, path, query or body. Use a new key for a new request.",
    );
  }
  const body = services.rootKey.decrypt(SEALED_FOR, stored.body).toString();
  return { status: stored.status, headers: stored.headers, body };
}

/** Deletes a bounded number of expired records. @returns how many */
export async function sweepExpired(services: Services, limit: number): Promise<number> {
  const { rowCount } = await services.db.pool.query(
    `DELETE FROM idempotency_record WHERE (scope, principal, key) IN
      (SELECT scope, principal, key FROM idempotency_record WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`,
    [services.clock.now(), limit],
  );
  return rowCount ?? 0;
}

/** 409 for a request whose twin is still running. */
export function inProgress(): DomainError {
  return new DomainError(
    "IDEMPOTENCY_IN_PROGRESS",
    "A request with this Idempotency-Key is still running. Retry in a second.",
    {
      headers: { "retry-after": "1" },
    },
  );
}

const LOCK_TIMEOUT = "55P03";

/** Whether the database gave up waiting for a row that another transaction holds; from pg or through Prisma. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && databaseCodes(error).includes(LOCK_TIMEOUT);
}
