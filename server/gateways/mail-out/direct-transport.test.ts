import { once } from "node:events";
import net from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { composeMail } from "./compose.ts";
import type { MailTransport } from "./delivery.ts";
import { createDirectTransport, type DirectOptions } from "./direct-transport.ts";
import type { MailDns } from "./mx.ts";
import { host, outgoing, summary } from "./test-support.ts";

/** Loopback addresses: the test's mail host listens on the first, nobody on the second. */
const UP = "127.0.0.1";
const DOWN = "127.0.0.2";

let raw: Buffer;
beforeAll(async () => {
  raw = await composeMail(outgoing(), []);
});

type Zone = Record<string, { mx?: string[]; addresses?: string[]; failure?: string }>;

/** DNS of a test: MX hosts in order of preference, addresses, or an error code for the name. */
function zone(names: Zone): MailDns {
  const entry = (name: string) => {
    const found = names[name] ?? { failure: "ENOTFOUND" };
    if (found.failure) throw Object.assign(new Error(`query ${found.failure} ${name}`), { code: found.failure });
    return found;
  };
  return {
    mx: async (domain) => (entry(domain).mx ?? []).map((exchange, priority) => ({ exchange, priority })),
    addresses: async (host) => entry(host).addresses ?? [],
  };
}

const people: Zone = { "people.example": { mx: ["mx.people.example"] }, "mx.people.example": { addresses: [UP] } };

function direct(port: number, names: Zone, options: Partial<DirectOptions> = {}): MailTransport {
  const transport = createDirectTransport({
    hostname: "agents.example",
    dns: zone(names),
    port,
    allowPrivateAddresses: true,
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}

const send = (transport: MailTransport, to: string[] = ["ada@people.example"]) =>
  transport.deliver({ envelope: { from: "scout@agents.example", to }, raw });

describe("direct delivery", () => {
  it("gives each domain's host one copy for its recipients, over STARTTLS, octet by octet", async () => {
    const peer = await host();
    const names: Zone = { ...people, "no-mx.example": { addresses: [UP] } };
    const to = ["ada@people.example", "carl@no-mx.example", "bob@people.example"];
    const outcomes = await send(direct(peer.port, names), to);
    expect(outcomes.map((one) => [one.recipient, one.result])).toEqual(to.map((recipient) => [recipient, "sent"]));
    const copies = peer.received.map((mail) => mail.envelope.to).toSorted();
    expect(copies).toEqual([["ada@people.example", "bob@people.example"], ["carl@no-mx.example"]]);
    expect(peer.received.every((mail) => mail.secure && mail.helo === "agents.example" && mail.raw.equals(raw))).toBe(
      true,
    );
  });

  it("tries the next host when the better one is down or refuses the connection", async () => {
    const peer = await host({
      script: (asked) =>
        asked.stage === "connect" && asked.connection === 1 ? { code: 554, text: "not here" } : undefined,
    });
    const names: Zone = {
      "people.example": { mx: ["down.example", "closed.example", "mx.people.example"] },
      "down.example": { addresses: [DOWN] },
      "closed.example": { addresses: [UP] },
      "mx.people.example": { addresses: [DOWN, UP] },
    };
    expect(summary(await send(direct(peer.port, names)))).toEqual(["sent 250"]);
    expect(peer.received[0]?.connection).toBe(2);
  });

  it("judges each recipient by the answer it got", async () => {
    const peer = await host({
      script: (asked) => {
        if (asked.stage !== "rcpt" || asked.to.startsWith("ada")) return undefined;
        return asked.to.startsWith("gone") ? { code: 550, text: "gone" } : { code: 450, text: "greylisted" };
      },
    });
    const to = ["gone@people.example", "ada@people.example", "new@people.example"];
    expect(summary(await send(direct(peer.port, people), to))).toEqual(["bounced 550", "sent 250", "deferred 450"]);
    expect(summary(await send(direct(peer.port, people), to.slice(0, 1)))).toEqual(["bounced 550"]);
  });

  it("bounces for domains that cannot get mail and defers where that is not known now", async () => {
    const names: Zone = {
      "null.example": { mx: [""] },
      "broken.example": { failure: "ESERVFAIL" },
      "dangling.example": { mx: ["nowhere.example"] },
      "down.example": { addresses: [DOWN] },
    };
    const peer = await host();
    const domains = ["missing.example", "null.example", "broken.example", "dangling.example", "down.example"];
    const outcomes = await send(
      direct(peer.port, names),
      domains.map((domain) => `ada@${domain}`),
    );
    expect(outcomes.map((one) => one.result)).toEqual(["bounced", "bounced", "deferred", "bounced", "deferred"]);
    expect(outcomes.map((one) => one.response)).toEqual([
      "The domain missing.example does not exist",
      "The domain null.example takes no mail (null MX)",
      expect.stringContaining("ESERVFAIL"),
      "The mail host nowhere.example does not exist",
      expect.stringContaining("ECONNREFUSED"),
    ]);
  });

  it("never connects to this machine or its network for a stranger's domain", async () => {
    const peer = await host();
    const [outcome] = await send(direct(peer.port, people, { allowPrivateAddresses: false }));
    expect(outcome).toMatchObject({
      result: "bounced",
      response: "The mail host mx.people.example has no public address",
    });
    expect(peer.connections).toBe(0);
  });

  it("does not go on to another host when the acknowledgement was lost", async () => {
    const peer = await host({ script: (asked) => (asked.stage === "data" ? "drop" : undefined) });
    const names: Zone = {
      ...people,
      "people.example": { mx: ["mx.people.example", "mx2.people.example"] },
      "mx2.people.example": { addresses: [UP] },
    };
    const transport = direct(peer.port, names);
    expect(summary(await send(transport))).toEqual(["deferred null"]);
    expect(peer.received).toHaveLength(1);
    peer.behave();
    expect(summary(await send(transport))).toEqual(["sent 250"]);
    expect(peer.received[1]?.raw.equals(peer.received[0]?.raw ?? Buffer.alloc(0))).toBe(true);
  });

  it("falls back to the clear when the host offers TLS and cannot do it", async () => {
    const peer = await host();
    const port = await breakTls(peer.port);
    expect(summary(await send(direct(port, people)))).toEqual(["sent 250"]);
    expect(peer.received[0]?.secure).toBe(false);
    expect(peer.connections).toBe(2);
  });

  it("defers when the host falls silent or the delivery takes too long", async () => {
    const peer = await host({ script: (asked) => (asked.stage === "rcpt" ? "hang" : undefined) });
    const silent = await send(direct(peer.port, people, { timeouts: { silenceMs: 200 } }));
    const slow = await send(direct(peer.port, people, { timeouts: { deliveryMs: 200 } }));
    expect(summary([...silent, ...slow])).toEqual(["deferred null", "deferred null"]);
  });

  it("cuts off a delivery under way when it is closed, and starts no other", async () => {
    const asked = Promise.withResolvers<void>();
    const peer = await host({
      script: (question) => {
        if (question.stage !== "data") return undefined;
        asked.resolve();
        return "hang";
      },
    });
    const transport = direct(peer.port, people);
    const delivery = send(transport);
    await asked.promise;
    await transport.close();
    expect(summary(await delivery)).toEqual(["deferred null"]);
    expect(summary(await send(transport))).toEqual(["deferred null"]);
    expect(peer.connections).toBe(1);
  });
});

/** A port in front of the mail host that cuts the connection as soon as the client starts a TLS handshake. */
async function breakTls(target: number): Promise<number> {
  const TLS_HANDSHAKE = 0x16;
  const proxy = net.createServer((client) => {
    const upstream = net.connect(target, "127.0.0.1");
    upstream.pipe(client);
    client.on("data", (chunk) => (chunk[0] === TLS_HANDSHAKE ? client.destroy() : upstream.write(chunk)));
    client.on("close", () => upstream.destroy());
    // The client breaks off in these tests; what matters is what it does next.
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(async () => {
    proxy.close();
  });
  const address = proxy.address();
  return typeof address === "object" && address ? address.port : 0;
}
