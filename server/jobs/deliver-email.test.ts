import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deliverMessage } from "#server/domain/email/deliver.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { releaseHeldMail } from "#server/domain/email/release-held.ts";
import { createMailGateway } from "#server/gateways/mail.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";

type Message = { id: string; status: string; statusReason: string | null; attachments: { storageKey: string }[] };

let app: TestApp;
let key: string;
let orgId: string;
let gateway: MailGateway;
const handedOver: string[] = [];

beforeAll(async () => {
  app = await startTestApp({ SMTP_RELAY_URL: "smtp://127.0.0.1:1" });
  ({ masterKey: key, orgId } = await app.organisation());
  const here = { deliver: async () => [], close: async () => {} };
  gateway = {
    ...createMailGateway(app.runtime.config, here).gateway,
    send: async ({ envelope }) => {
      handedOver.push(...envelope.to);
      return envelope.to.map((recipient) => ({ recipient, result: "sent", code: 250, response: "250 OK" }));
    },
  };
});
afterAll(() => app.close());

async function queued(agentId: string, to = `${randomBytes(4).toString("hex")}@people.test`): Promise<Message> {
  const attachments = [{ filename: "a.txt", content: Buffer.from("a file").toString("base64") }];
  const mail = { agentId, to, subject: "Hello", body: "Hello.", attachments };
  return (await app.call<Message>("POST", "/v1/email/send", { key, body: mail })).body;
}

const read = async ({ id }: Message) => (await app.call<Message>("GET", `/v1/email/${id}`, { key })).body;
const deliver = ({ id }: Message) => deliverMessage(app.runtime, gateway, { orgId, messageId: id });

it("a mail whose file is gone is tried for a day and then bounces, with the reason, and goes out if the file comes back", async () => {
  const { id: agentId } = await app.agent(key);
  const [lost, found] = [await queued(agentId), await queued(agentId)];
  for (const mail of [lost, found]) {
    await app.runtime.blobs.delete(mail.attachments[0]?.storageKey ?? "");
    await deliver(mail);
    expect(await read(mail)).toMatchObject({ status: "QUEUED", statusReason: expect.stringContaining("could not") });
  }
  await app.runtime.blobs.put(found.attachments[0]?.storageKey ?? "", Buffer.from("a file"));
  await deliver(found);
  expect(await read(found)).toMatchObject({ status: "SENT" });
  app.clock.advanceSeconds(25 * 3_600);
  await deliver(lost);
  expect(await read(lost)).toMatchObject({ status: "BOUNCED", statusReason: expect.stringContaining("could not") });
});

it("nothing leaves any more that a deleted agent had queued, also not what was held while it was paused", async () => {
  const { id: agentId } = await app.agent(key);
  const [waiting, held] = [await queued(agentId, "waiting@people.test"), await queued(agentId, "held@people.test")];
  await app.call("PATCH", `/v1/agents/${agentId}`, { key, body: { status: "PAUSED" } });
  await deliver(held);
  expect(await read(held)).toMatchObject({ status: "QUEUED", statusReason: "AGENT_PAUSED" });
  await app.call("DELETE", `/v1/agents/${agentId}`, { key });
  expect(await releaseHeldMail(app.runtime)).toMatchObject({ released: 1 });
  for (const mail of [waiting, held]) {
    await deliver(mail);
    expect(await read(mail)).toMatchObject({ status: "BOUNCED", statusReason: expect.stringContaining("deleted") });
  }
  expect(handedOver).not.toContain("waiting@people.test");
  expect(handedOver).not.toContain("held@people.test");
});
