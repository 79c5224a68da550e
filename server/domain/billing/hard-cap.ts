import { z } from "zod";
import type { Prisma, Transaction } from "#server/platform/database.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { findAgent } from "../agents/find.ts";
import { anyKey, masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { id, strictBody } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { applyCaps } from "./budgets.ts";
import { OFFERED_METERS } from "./meters.ts";
import { CapPatch, patched, settingsOf } from "./settings.ts";
import { type HardCap, readHardCap } from "./state.ts";

/** The organisation's caps, and how far they are used up. */
export const getHardCap = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: (ctx) => read(ctx, reader(ctx), ""),
});

/**
 * Changes the organisation's caps: what is not named stays. A cap below what is used blocks at once; the answer's notices
 * say so.
 */
export const setHardCap = verb({
  access: masterKey("*"),
  input: strictBody(CapPatch),
  run: (ctx, input) => change(ctx, "", input),
});

/** The caps of one agent, on top of the organisation's. */
export const getAgentHardCap = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const agent = await findAgent(ctx, reader(ctx), input.id);
    return read(ctx, reader(ctx), agent.id);
  },
});

/** Changes the caps of one agent. NOT_FOUND for an agent that is not there. */
export const setAgentHardCap = verb({
  access: masterKey("*"),
  input: strictBody({ id, ...CapPatch }),
  run: (ctx, { id: agentId, ...patch }) => change(ctx, agentId, patch),
});

async function read(ctx: Context, db: Transaction, scope: string): Promise<HardCap> {
  const { id, tier, timeZone } = await db.organization.findUniqueOrThrow({
    where: { id: orgOf(ctx) },
    select: { id: true, tier: true, timeZone: true },
  });
  return readHardCap(ctx.services, db, { id, tier: tier as Tier, timeZone }, scope);
}

function change(ctx: Context, scope: string, patch: CapPatch): Promise<HardCap> {
  const { services } = ctx;
  const orgId = orgOf(ctx);
  return inTransaction(ctx, async (tx) => {
    const org = { id: orgId, ...(await lockOrganization(tx, orgId)) };
    if (scope !== "") await findAgent(ctx, tx, scope);
    const key = { orgId_scope: { orgId, scope } };
    const stored = ((await tx.hardCap.findUnique({ where: key }))?.settings ?? {}) as CapPatch;
    const wanted = patched(stored, patch);
    const fields = { settings: wanted as Prisma.InputJsonObject, updatedAt: services.clock.now() };
    await tx.hardCap.upsert({ where: key, create: { orgId, scope, ...fields }, update: fields });
    await applyCaps(services, tx, org, scope);
    // A cap below what is used is reached by being set.
    for (const meter of OFFERED_METERS) services.budgetWatch.touch(orgId, scope, meter);
    const plan = scope === "" ? services.config.plans[org.tier] : null;
    const [before, after] = [settingsOf(stored, plan), settingsOf(wanted, plan)];
    await emit(services, tx, {
      ...eventBase(ctx),
      orgId,
      channel: "billing",
      event: "billing.cap.changed",
      result: "SUCCESS",
      agentId: scope === "" ? null : scope,
      resourceType: scope === "" ? "organization" : "agent",
      resourceId: scope === "" ? orgId : scope,
      data: { before, after },
      personal: { detail: scope === "" ? "caps of the organisation" : "caps of the agent" },
    });
    return readHardCap(services, tx, org, scope);
  });
}
