import type { Clock } from "#server/platform/clock.ts";
import type { Database } from "#server/platform/database.ts";
import type { Organization } from "#server/platform/generated/client.ts";
import { hashKey } from "#server/platform/keys.ts";
import { SharedWork } from "#server/platform/shared-work.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { KeyHolder } from "./context.ts";

/** An agent as the mail path needs it: may it act, from which address, and to whom. */
export type AgentProfile = {
  orgId: string;
  agentId: string;
  name: string;
  status: string;
  inbox: { id: string; email: string; displayName: string | null } | null;
  org: { status: string; ownership: string; humanEmail: string | null; timeZone: string };
};

type KeyRow = {
  orgId: string;
  id: string;
  kind: string;
  agentId: string | null;
  scopes: string[];
  expiresAt: Date | null;
  tier: string;
  /** From when on another plan is due that was chosen for the month's end; null: none is. */
  planDueAt: Date | null;
};
type Entry<T> = { value: T; orgId: string | null; readAt: number };
/** What is remembered, and what is being read at the moment. */
type Cache<T> = { known: Map<string, Entry<T>>; reading: SharedWork<T> };
const newCache = <T>(): Cache<T> => ({ known: new Map(), reading: new SharedWork() });

const TTL_MS = 5_000;
const MAX_ENTRIES = 20_000;
const LAST_USED_INTERVAL_MS = 60_000;

/**
 * Keys and agents, remembered for seconds so that a request need not ask for them. Every change tells all processes to
 * forget the organisation (see emit); while those notifications do not arrive, nothing is remembered.
 */
export class Directory {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #isCurrent: () => boolean;
  readonly #onError: (error: unknown) => void;
  readonly #onPlanDue: (orgId: string) => Promise<void>;
  readonly #keys = newCache<KeyRow | null>();
  readonly #agents = newCache<AgentProfile | null>();
  readonly #organizations = newCache<Organization | null>();
  readonly #lastUsed = new Map<string, number>();
  #generation = 0;

  constructor(
    db: Database,
    clock: Clock,
    isCurrent: () => boolean,
    onError: (error: unknown) => void,
    onPlanDue: (orgId: string) => Promise<void>,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#isCurrent = isCurrent;
    this.#onError = onError;
    this.#onPlanDue = onPlanDue;
  }

  /** Forgets what is remembered of an organisation, or of all. */
  forget(orgId?: string): void {
    this.#generation++;
    for (const { known, reading } of [this.#keys, this.#agents, this.#organizations]) {
      for (const [key, entry] of known) if (orgId === undefined || entry.orgId === orgId) known.delete(key);
      // It may be of the time before the change.
      reading.forget();
    }
  }

  /** The principal that a presented key stands for; null when it is unknown, revoked or expired. */
  async principalOf(presentedKey: string): Promise<KeyHolder | null> {
    const hash = hashKey(presentedKey);
    const now = this.#clock.now().getTime();
    let key = await this.#key(hash);
    if (key?.planDueAt && key.planDueAt.getTime() <= now) {
      await this.#onPlanDue(key.orgId);
      this.forget(key.orgId);
      key = await this.#key(hash);
    }
    if (!key) return null;
    if (key.expiresAt && key.expiresAt.getTime() <= now) return null;
    this.#touch(key, now);
    const shared = { orgId: key.orgId, tier: key.tier as Tier, keyId: key.id, scopes: key.scopes };
    if (key.kind === "AGENT" && key.agentId) return { kind: "agent", agentId: key.agentId, ...shared };
    return { kind: key.kind === "SERVICE" ? "service" : "master", ...shared };
  }

  #key(hash: Buffer): Promise<KeyRow | null> {
    return this.#remember(
      this.#keys,
      hash.toString("base64"),
      () => this.#readKey(hash),
      (row) => row?.orgId ?? null,
    );
  }

  /** An agent that is not deleted; null when the organisation has none of that id. */
  agent(orgId: string, agentId: string): Promise<AgentProfile | null> {
    return this.#remember(
      this.#agents,
      `${orgId} ${agentId}`,
      () => this.#readAgent(orgId, agentId),
      () => orgId,
    );
  }

  /** An organisation; null when there is none of that id. */
  organization(orgId: string): Promise<Organization | null> {
    const read = () => this.#db.prisma.organization.findUnique({ where: { id: orgId } });
    return this.#remember(this.#organizations, orgId, read, () => orgId);
  }

  async #remember<T>(
    cache: Cache<T>,
    id: string,
    read: () => Promise<T>,
    orgOf: (value: T) => string | null,
  ): Promise<T> {
    if (!this.#isCurrent()) return read();
    const known = cache.known.get(id);
    if (known && performance.now() - known.readAt < TTL_MS) return known.value;
    // A thousand requests with one key, or as many followers of a stream, ask once.
    return cache.reading.run(id, () => this.#read(cache, id, read, orgOf));
  }

  async #read<T>(cache: Cache<T>, id: string, read: () => Promise<T>, orgOf: (value: T) => string | null): Promise<T> {
    const generation = this.#generation;
    const readAt = performance.now();
    const value = await read();
    // A change that was announced while we read may not be in what we read. An unknown key is not remembered at all:
    // it may be created the next moment, by a process that has no organisation to announce for it.
    if (generation === this.#generation && value !== null) {
      if (cache.known.size >= MAX_ENTRIES) cache.known.clear();
      cache.known.set(id, { value, orgId: orgOf(value), readAt });
    }
    return value;
  }

  async #readKey(hash: Buffer): Promise<KeyRow | null> {
    const { rows } = await this.#db.pool.query<KeyRow>({
      name: "directory-key",
      text: `SELECT k.org_id AS "orgId", k.id, k.kind, k.agent_id AS "agentId", k.scopes, k.expires_at AS "expiresAt", o.tier,
          CASE WHEN b.scheduled_tier IS NOT NULL AND NOT coalesce(b.plan_deferred_at = b.period_end, false)
            THEN coalesce(b.period_end, b.period_start) END AS "planDueAt"
        FROM api_key k
        JOIN organization o ON o.id = k.org_id
        JOIN billing_account b ON b.org_id = k.org_id
        LEFT JOIN agent a ON a.org_id = k.org_id AND a.id = k.agent_id
        WHERE k.hash = $1 AND k.revoked_at IS NULL AND a.status IS DISTINCT FROM 'DELETED'`,
      values: [hash],
    });
    return rows[0] ?? null;
  }

  async #readAgent(orgId: string, agentId: string): Promise<AgentProfile | null> {
    const { rows } = await this.#db.pool.query<{
      name: string;
      status: string;
      inbox_id: string | null;
      email: string | null;
      display_name: string | null;
      ownership: string;
      human_email: string | null;
      org_status: string;
      time_zone: string;
    }>({
      name: "directory-agent",
      text: `SELECT a.name, a.status, i.id AS inbox_id, i.email, i.display_name, o.ownership, o.human_email,
          o.status AS org_status, o.time_zone
        FROM agent a
        JOIN organization o ON o.id = a.org_id
        LEFT JOIN inbox i ON i.org_id = a.org_id AND i.agent_id = a.id AND i.deleted_at IS NULL
        WHERE a.org_id = $1 AND a.id = $2 AND a.status <> 'DELETED'`,
      values: [orgId, agentId],
    });
    const row = rows[0];
    if (!row) return null;
    const inbox =
      row.inbox_id && row.email ? { id: row.inbox_id, email: row.email, displayName: row.display_name } : null;
    const org = {
      status: row.org_status,
      ownership: row.ownership,
      humanEmail: row.human_email,
      timeZone: row.time_zone,
    };
    return { orgId, agentId, name: row.name, status: row.status, inbox, org };
  }

  /** Notes that a key was used, at most once a minute: a write on every request would cost more than the request. */
  #touch(key: KeyRow, now: number): void {
    const last = this.#lastUsed.get(key.id);
    if (last !== undefined && Math.abs(now - last) < LAST_USED_INTERVAL_MS) return;
    if (this.#lastUsed.size >= MAX_ENTRIES) this.#lastUsed.clear();
    this.#lastUsed.set(key.id, now);
    this.#db.pool
      .query({
        name: "directory-touch",
        text: `UPDATE api_key SET last_used_at = $3
          WHERE org_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $3::timestamptz - interval '1 minute')`,
        values: [key.orgId, key.id, new Date(now)],
      })
      .catch(this.#onError);
  }
}
