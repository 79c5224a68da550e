import { z } from "zod";
import type { JsonObject } from "#server/audit/record.ts";
import type { Prisma } from "#server/platform/database.ts";
import { anyKey, masterKey } from "../../authorise.ts";
import { eventBase, orgOf } from "../../context.ts";
import { strictBody } from "../../fields.ts";
import { lockOrganization } from "../../organizations/lock.ts";
import { emit, inTransaction, reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { readRules, readStored } from "./read.ts";
import { RulesPatch, rulesOf } from "./schemas.ts";

/** What the organisation has set for calls and texts, with its defaults. */
export const getCallingRules = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: z.object({}),
  run: (ctx) => readRules(reader(ctx), orgOf(ctx)),
});

/** Sets them; what is not named stays. They can only narrow what the law allows: the gates cut a wider window. */
export const setCallingRules = verb({
  access: masterKey("compliance:write"),
  input: strictBody(RulesPatch),
  run: (ctx, patch) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      await lockOrganization(tx, orgId);
      const stored = await readStored(tx, orgId);
      const wanted = { ...stored, ...patch };
      const settings = wanted as Prisma.InputJsonObject;
      const updatedAt = ctx.services.clock.now();
      await tx.callingRule.upsert({
        where: { orgId },
        create: { orgId, settings, updatedAt },
        update: { settings, updatedAt },
      });
      const [before, after] = [rulesOf(stored), rulesOf(wanted)];
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "voice",
        event: "voice.rules.changed",
        result: "SUCCESS",
        data: { before: before as JsonObject, after: after as JsonObject },
      });
      return after;
    }),
});
