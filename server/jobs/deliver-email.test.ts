import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deliverMessage } from "#server/domain/email/deliver.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { releaseHeld } from "#server/domain/messages/release-held.ts";
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
  expect(await releaseHeld(app.runtime)).toMatchObject({ released: 1 });
  for (const mail of [waiting, held]) {
    await deliver(mail);
    expect(await read(mail)).toMatchObject({ status: "BOUNCED", statusReason: expect.stringContaining("deleted") });
  }
  expect(handedOver).not.toContain("waiting@people.test");
  expect(handedOver).not.toContain("held@people.test");
});

it("says of a mail that waits what it waits for, and of one that was sent whom it did not reach", async () => {
  const { id: agentId } = await app.agent(key);
  const to = ["busy@people.test", "fine@people.test", "gone@people.test"];
  const body = { agentId, to, subject: "Hello", body: "Hello." };
  const mail = (await app.call<Message>("POST", "/v1/email/send", { key, body })).body;
  let attempts = 0;
  const answer = (recipient: string) => {
    if (recipient.startsWith("gone")) return { result: "bounced", code: 550, response: "550 Moved away" } as const;
    const isBusy = recipient.startsWith("busy") && attempts === 1;
    if (isBusy) return { result: "deferred", code: 450, response: "450 Come back" } as const;
    return { result: "sent", code: 250, response: "250 Taken" } as const;
  };
  const send: MailGateway["send"] = async ({ envelope }) => {
    attempts += 1;
    return envelope.to.map((recipient) => ({ recipient, ...answer(recipient) }));
  };
  const attempt = () => deliverMessage(app.runtime, { ...gateway, send }, { orgId, messageId: mail.id });

  await attempt();
  expect(await read(mail)).toMatchObject({ status: "QUEUED", statusReason: "450 Come back" });
  await attempt();
  expect(await read(mail)).toMatchObject({ status: "SENT", statusReason: "550 Moved away" });
});
