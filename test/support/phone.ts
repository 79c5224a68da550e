import { Logger, runOnce } from "graphile-worker";
import { sequencePending } from "#server/audit/sequencer.ts";
import { hangUpAll } from "#server/domain/calls/hang-up.ts";
import { placeCall } from "#server/domain/calls/place.ts";
import { makeAgent, type TestAgent } from "#server/domain/messages/test-support.ts";
import { buyOrdered } from "#server/domain/phone-numbers/buy-ordered.ts";
import { returnNumber } from "#server/domain/phone-numbers/release.ts";
import type { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { deliverText } from "#server/domain/sms/deliver.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { TestApp } from "./app.ts";
import { waitUntil } from "./wait.ts";

/** A Tuesday, noon in New York and nine in Los Angeles: everybody may be called. */
export const NOON = new Date("2026-11-24T17:00:00Z");
/** By what right the tests call. */
export const CONSENT = { metadata: { consent_source: "customer-initiated" } };

export type PhoneAgent = TestAgent & { number: string };

/** An agent with a telephone number. */
export async function makePhoneAgent(app: TestApp, tier: Tier = "GROWTH", colleague?: TestAgent): Promise<PhoneAgent> {
  const organisation = colleague ?? (await app.organisation(tier));
  const agent = await makeAgent(app, organisation as TestAgent);
  const { status, body } = await app.call<PhoneIdentity>("POST", "/v1/phone/provision", {
    key: agent.masterKey,
    body: { agentId: agent.id, areaCode: "212" },
  });
  if (status !== 201) throw new Error(`the number was not bought: ${status} ${JSON.stringify(body)}`);
  return { ...agent, number: body.phoneNumber };
}

const silent = new Logger(() => () => {});

/** Does what the worker would do for calls and texts, until nothing is left of it that is due. */
export async function work(app: TestApp, orgId: string): Promise<void> {
  const { runtime } = app;
  await sequencePending(runtime.db.pool, orgId);
  await runOnce({
    pgPool: runtime.db.pool,
    logger: silent,
    noHandleSignals: true,
    taskList: {
      "place-call": (payload) => placeCall(runtime, payload as { orgId: string; callId: string }),
      "hang-up-calls": (payload) => hangUpAll(runtime, payload as Parameters<typeof hangUpAll>[1]),
      "send-sms": (payload) => deliverText(runtime, payload as { orgId: string; messageId: string }),
      "buy-number": (payload) => buyOrdered(runtime, payload as { orgId: string; id: string }),
      "return-number": (payload) => returnNumber(runtime, payload as { orgId: string; id: string }),
    },
  });
}

/** Moves the clock, and waits until the carrier has told everything that is due by then. */
export async function pass(app: TestApp, seconds: number): Promise<void> {
  app.clock.advanceSeconds(seconds);
  app.runtime.sandboxTicker?.wake();
  await waitUntil(
    async () =>
      (await app.runtime.db.prisma.sandboxStep.count({ where: { dueAt: { lte: app.runtime.clock.now() } } })) === 0,
    { interval: 10 },
  );
}
