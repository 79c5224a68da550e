import { z } from "zod";
import { keyAdministration } from "../api-keys/fields.ts";
import { findPrimaryKey } from "../api-keys/replace.ts";
import { sessionsOfNobody } from "../console/sessions.ts";
import { orgOf } from "../context.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";

const SHOWN = 20;

/** What a rotation of the master key would end and leave, before it is done. */
export const previewRotation = verb({
  access: keyAdministration,
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    const [primary, others, ending] = await Promise.all([
      findPrimaryKey(db, orgId, null),
      db.apiKey.findMany({
        where: { orgId, kind: "MASTER", isPrimary: false, revokedAt: null },
        select: { id: true, name: true, prefix: true },
        orderBy: { id: "desc" },
        take: SHOWN,
      }),
      db.session.count({ where: sessionsOfNobody(ctx, orgId) }),
    ]);
    return {
      primary: primary ? { prefix: primary.prefix, createdAt: primary.createdAt.toISOString() } : null,
      otherMasterKeys: others,
      sessionsEnding: ending,
    };
  },
});
