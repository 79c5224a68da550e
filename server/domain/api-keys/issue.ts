import type { Transaction } from "#server/platform/database.ts";
import type { ApiKey } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { hashKey, type KeyKind, keyPrefix, newKey } from "#server/platform/keys.ts";
import type { Services } from "../context.ts";

/**
 * Makes a key in the caller's transaction, which also records the event that says why.
 *
 * @returns the row, and the key itself, which nobody can read again
 */
export async function issueKey(
  services: Services,
  tx: Transaction,
  input: {
    orgId: string;
    kind: KeyKind;
    agentId: string | null;
    name: string;
    scopes: readonly string[];
    isPrimary: boolean;
    expiresAt: Date | null;
    /** A key that the operator brought; else one is made. */
    key?: string;
  },
): Promise<{ row: ApiKey; key: string }> {
  const { key = newKey(input.kind), ...fields } = input;
  const row = await tx.apiKey.create({
    data: {
      ...fields,
      id: newId(),
      scopes: [...input.scopes],
      prefix: keyPrefix(key),
      hash: new Uint8Array(hashKey(key)),
      createdAt: services.clock.now(),
    },
  });
  return { row, key };
}
