import type pg from "pg";
import { sequencePending } from "./sequencer.ts";

/** An event as the tree holds it: all that somebody needs to compute its leaf hash again. */
export type EventLeaf = {
  id: string;
  seq: number;
  /** RFC 6962's SHA-256(0x00 || record), in hex, as it was stored when the event got its number. */
  leafHash: string;
  /** The canonical JSON, byte for byte what was hashed. */
  record: string;
  /**
   * What the record's `private` commits to: SHA-256 over the salt and the text of `data`. Null where the event has
   * none, and where it was erased: then the record still holds the commitment.
   */
  private: { salt: string; data: string } | null;
};

type LeafRow = { seq: string; leaf_hash: Buffer; record: string; salt: Buffer | null; data: string | null };

/**
 * Reads one event of an organisation as it was hashed. Null where there is none, or its record is gone (retention).
 *
 * @param agentId only where the event is this agent's
 */
export async function readLeaf(
  pool: pg.Pool,
  orgId: string,
  eventId: string,
  agentId: string | undefined,
): Promise<EventLeaf | null> {
  await sequencePending(pool, orgId);
  const { rows } = await pool.query<LeafRow>({
    name: "event-leaf",
    text: `SELECT s.seq, s.leaf_hash, e.record, p.salt, p.data
      FROM event_sequence s
      JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id AND e.ts = s.ts
      LEFT JOIN event_private p ON p.org_id = s.org_id AND p.event_id = s.event_id AND p.ts = s.ts
      WHERE s.org_id = $1 AND s.event_id = $2 AND ($3::text IS NULL OR s.agent_id = $3)`,
    values: [orgId, eventId, agentId ?? null],
  });
  const [row] = rows;
  if (!row) return null;
  return {
    id: eventId,
    seq: Number(row.seq),
    leafHash: row.leaf_hash.toString("hex"),
    record: row.record,
    private: row.salt && row.data ? { salt: row.salt.toString("hex"), data: row.data } : null,
  };
}
