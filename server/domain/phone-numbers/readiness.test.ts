import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { makePhoneAgent, type PhoneAgent } from "../../../test/support/phone.ts";
import type { Agent } from "../agents/schemas.ts";

let app: TestApp;
let agent: PhoneAgent;
beforeAll(async () => {
  app = await startTestApp();
  agent = await makePhoneAgent(app);
});
afterAll(() => app.close());

async function readiness(): Promise<Agent["readiness"]> {
  const { body } = await app.call<Agent>("GET", `/v1/agents/${agent.id}`, { key: agent.masterKey });
  return body.readiness;
}
const blockers = async () =>
  (await readiness()).blockers.filter(({ field }) => field.startsWith("phone")).map(({ code, field }) => [code, field]);

test("an agent is blocked by the channel that none of its numbers has, and by both without a number", async () => {
  expect(await readiness()).toMatchObject({ canSendSms: true, canPlaceVoiceCall: true });
  expect(await blockers()).toEqual([]);
  // The sandbox sells only numbers that can everything; carriers do not.
  await app.runtime.db.prisma.phoneNumber.updateMany({
    where: { orgId: agent.orgId },
    data: { capabilities: ["voice"] },
  });
  expect(await readiness()).toMatchObject({ canSendSms: false, canPlaceVoiceCall: true });
  expect(await blockers()).toEqual([["PHONE_NOT_PROVISIONED", "phoneIdentities.sms"]]);
  await app.call("POST", "/v1/phone/release", { key: agent.masterKey, body: { phoneNumber: agent.number } });
  expect(await blockers()).toEqual([["PHONE_NOT_PROVISIONED", "phoneIdentities"]]);
});
