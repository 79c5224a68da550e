import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createInstallation, type Installation } from "../support/server-process.ts";
import { waitFor, waitUntil } from "../support/wait.ts";
import { allMessages, createAgent, INIT_ENV } from "./support/organisation.ts";

// More than are delivered at once.
const MAILS = 25;

let relay: Server;
let installation: Installation;
const connections = new Set<Socket>();

/** A mail host that takes connections and never says a word. */
beforeEach(async () => {
  relay = createServer((socket) => {
    connections.add(socket.on("error", () => {}));
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  installation = await createInstallation({ env: INIT_ENV });
});
afterEach(async () => {
  await installation.remove();
  for (const socket of connections) socket.destroy();
  relay.close();
});

it("mail for a host that is silent does not hold up mail between agents", async () => {
  const { port } = relay.address() as AddressInfo;
  const server = await installation.start({ SMTP_RELAY_URL: `smtp://127.0.0.1:${port}` });
  const [ada, bob] = [await createAgent(server, "ada"), await createAgent(server, "bob")];
  const send = async (to: string) => {
    const body = { to, subject: `To ${to}`, body: "Hello" };
    expect(await server.call("POST", "/v1/email/send", { key: ada.key, body })).toMatchObject({ status: 201 });
  };
  for (let n = 0; n < MAILS; n++) await send(`n${n}@silent.test`);
  await waitUntil(() => connections.size >= 10);

  await send(bob.email);
  const sent = () => allMessages(server, ada.key, "&status=SENT");
  await waitFor(async () => expect(await sent()).toHaveLength(1));
  expect(await allMessages(server, bob.key)).toHaveLength(1);
});
