import tls from "node:tls";
import { generate } from "selfsigned";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type MailHost, type Question, startMailHost } from "../../../e2e/support/mail-host.ts";
import { composeMail } from "./compose.ts";
import type { MailTransport } from "./delivery.ts";
import { createRelayTransport, type RelayOptions } from "./relay-transport.ts";
import { host, outgoing, summary } from "./test-support.ts";

let raw: Buffer;
beforeEach(async () => {
  raw = await composeMail(outgoing({ text: ".a dot\n..two dots\n\nGrüße" }), []);
});

function relay(relayUrl: string, options: Omit<RelayOptions, "relayUrl"> = {}): MailTransport {
  const transport = createRelayTransport({ relayUrl, hostname: "agents.example", ...options });
  onTestFinished(() => transport.close());
  return transport;
}

const send = (transport: MailTransport, to: string[] = ["ada@people.example"]) =>
  transport.deliver({ envelope: { from: "scout@agents.example", to }, raw });

describe("relay: what arrives", () => {
  it("hands the mail over octet by octet, with its envelope and our name", async () => {
    const peer = await host();
    const outcomes = await send(relay(peer.url), ["ada@people.example", "bob@people.example"]);
    expect(outcomes).toEqual([
      { recipient: "ada@people.example", result: "sent", code: 250, response: "250 OK: message queued" },
      { recipient: "bob@people.example", result: "sent", code: 250, response: "250 OK: message queued" },
    ]);
    expect(peer.received[0]?.raw.equals(raw)).toBe(true);
    expect(peer.received[0]).toMatchObject({
      envelope: { from: "scout@agents.example", to: ["ada@people.example", "bob@people.example"] },
      helo: "agents.example",
    });
  });

  it("sends a bounce with the null sender", async () => {
    const peer = await host();
    await relay(peer.url).deliver({ envelope: { from: "", to: ["ada@people.example"] }, raw });
    expect(peer.received[0]?.envelope.from).toBe("");
  });

  it("uses one connection for mails one after the other and no more than allowed for many at once", async () => {
    const peer = await host();
    const transport = relay(peer.url, { maxConnections: 3 });
    for (let i = 0; i < 5; i++) await send(transport);
    expect(peer.connections).toBe(1);
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => send(transport)));
    expect(outcomes.flat().every((one) => one.result === "sent")).toBe(true);
    expect(peer.received).toHaveLength(35);
    expect(peer.connections).toBeLessThanOrEqual(3);
  });
});

describe("relay: TLS", () => {
  it.each([
    ["uses STARTTLS where it is offered, also with a certificate nobody vouches for", "starttls", "", true],
    ["goes on in the clear where it is not offered", "none", "", false],
    ["leaves STARTTLS alone with tls=off", "starttls", "?tls=off", false],
  ] as const)("%s", async (_what, offered, query, secure) => {
    const peer = await host({ tls: offered });
    expect(summary(await send(relay(peer.url + query)))).toEqual(["sent 250"]);
    expect(peer.received[0]?.secure).toBe(secure);
  });

  it.each([
    ["STARTTLS is demanded and not offered", "none", "?tls=required"],
    ["STARTTLS is demanded and the certificate is nobody's", "starttls", "?tls=required"],
    ["smtps:// meets a certificate that is nobody's", "implicit", ""],
  ] as const)("hands nothing over when %s", async (_what, offered, query) => {
    const peer = await host({ tls: offered });
    const [outcome] = await send(relay(peer.url + query));
    expect(outcome).toMatchObject({ result: "deferred", response: expect.stringMatching(/certificate|STARTTLS/i) });
    expect(peer.received).toEqual([]);
  });

  it("sends over smtps:// and tls=required when the certificate is one this machine trusts", async () => {
    const made = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048, algorithm: "sha256" });
    const trusted = tls.getCACertificates("default");
    tls.setDefaultCACertificates([...trusted, made.cert]);
    onTestFinished(() => tls.setDefaultCACertificates(trusted));
    const certificate = { key: made.private, cert: made.cert };
    const implicit = await host({ tls: "implicit", certificate });
    const starttls = await host({ certificate });
    expect(summary(await send(relay(`smtps://localhost:${implicit.port}`)))).toEqual(["sent 250"]);
    expect(summary(await send(relay(`smtp://localhost:${starttls.port}?tls=required`)))).toEqual(["sent 250"]);
    expect(starttls.received[0]?.secure).toBe(true);
  });
});

describe("relay: refusals", () => {
  it("judges each recipient by the answer it got", async () => {
    const answers: Record<string, { code: number; text: string }> = {
      "gone@people.example": { code: 550, text: "No such user here" },
      "full@people.example": { code: 452, text: "Mailbox full" },
    };
    const peer = await host({ script: (asked) => (asked.stage === "rcpt" ? answers[asked.to] : undefined) });
    const outcomes = await send(relay(peer.url), ["gone@people.example", "ada@people.example", "full@people.example"]);
    expect(outcomes).toEqual([
      {
        recipient: "gone@people.example",
        result: "bounced",
        code: 550,
        response: expect.stringContaining("No such user here"),
      },
      { recipient: "ada@people.example", result: "sent", code: 250, response: "250 OK: message queued" },
      {
        recipient: "full@people.example",
        result: "deferred",
        code: 452,
        response: expect.stringContaining("Mailbox full"),
      },
    ]);
    expect(peer.received[0]?.envelope.to).toEqual(["ada@people.example"]);
  });

  it("judges each recipient also when all are refused, and goes on over the same connection", async () => {
    const peer = await host();
    const transport = relay(peer.url, { maxConnections: 1 });
    peer.behave((asked) => {
      if (asked.stage !== "rcpt") return undefined;
      return asked.to.startsWith("gone") ? { code: 550, text: "gone" } : { code: 450, text: "later" };
    });
    const outcomes = await send(transport, ["gone@people.example", "ada@people.example"]);
    expect(summary(outcomes)).toEqual(["bounced 550", "deferred 450"]);
    peer.behave();
    expect(summary(await send(transport))).toEqual(["sent 250"]);
    expect(peer.connections).toBe(1);
  });

  it.each([
    ["the sender for good", "mail", 550, "bounced 550"],
    ["the sender for now", "mail", 451, "deferred 451"],
    ["the mail for good", "data", 554, "bounced 554"],
    ["the mail for now", "data", 451, "deferred 451"],
    ["every recipient because commands got out of step", "rcpt", 503, "deferred 503"],
    ["every recipient until we log in", "rcpt", 530, "deferred 530"],
    ["the connection for now", "connect", 421, "deferred 421"],
    ["the connection for good, which is about us and not the mail", "connect", 554, "deferred 554"],
  ] as const)("takes the refusal of %s for all recipients", async (_what, stage, code, expected) => {
    const peer = await host({ script: (asked) => (asked.stage === stage ? { code, text: "because" } : undefined) });
    const outcomes = await send(relay(peer.url), ["ada@people.example", "bob@people.example"]);
    expect(summary(outcomes)).toEqual([expected, expected]);
    expect(outcomes[0]?.response).toContain("because");
  });

  it("bounces a mail that is larger than the relay takes, before it is sent", async () => {
    const peer = await host({ maxSize: 100 });
    const [outcome] = await send(relay(peer.url));
    expect(outcome).toMatchObject({ result: "bounced", response: expect.stringContaining("100") });
    expect(peer.received).toEqual([]);
  });

  it("bounces what is no address without saying it to the relay, and sends to the others", async () => {
    const peer = await host();
    const asked: Question[] = [];
    peer.behave((question) => {
      asked.push(question);
      return undefined;
    });
    const evil = "eve@evil.example>\r\nRCPT TO:<mallory@evil.example";
    const outcomes = await send(relay(peer.url), [evil, "ada@people.example", "zoë@people.example"]);
    expect(summary(outcomes)).toEqual(["bounced null", "sent 250", "bounced null"]);
    expect(asked.flatMap((question) => (question.stage === "rcpt" ? question.to : []))).toEqual(["ada@people.example"]);
  });

  it("keeps the peer's words to one line of 500 characters without control characters", async () => {
    const text = `\u001b[31mred\u0007 ${"x".repeat(2_000)}`;
    const peer = await host({ script: (asked) => (asked.stage === "rcpt" ? { code: 550, text } : undefined) });
    const [outcome] = await send(relay(peer.url));
    expect(outcome?.response).toHaveLength(500);
    expect(outcome?.response).toMatch(/^550 \P{Cc}+$/u);
  });
});

describe("relay: login", () => {
  const user = "robot@agents.example";
  const pass = "c0rrect-h0rse/b@ttery";
  const withLogin = (peer: MailHost) =>
    `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@127.0.0.1:${peer.port}`;

  it("logs in with the user and password of the URL", async () => {
    const logins: Question[] = [];
    const peer = await host({
      auth: true,
      script: (asked) => {
        if (asked.stage === "auth") logins.push(asked);
        return undefined;
      },
    });
    expect(summary(await send(relay(withLogin(peer))))).toEqual(["sent 250"]);
    expect(logins).toEqual([{ stage: "auth", connection: 1, user, pass }]);
  });

  it("defers when the relay refuses the login, and gives nothing of it away even when the relay repeats it", async () => {
    const plain = Buffer.from(`\0${user}\0${pass}`).toString("base64");
    const text = `bad login ${user} ${pass} ${plain} ${encodeURIComponent(pass)}`;
    const peer = await host({
      auth: true,
      script: (asked) => (asked.stage === "auth" ? { code: 535, text } : undefined),
    });
    const [outcome] = await send(relay(withLogin(peer)));
    expect(outcome).toMatchObject({ result: "deferred", code: 535 });
    expect(outcome?.response).toMatch(/^The mail relay refused this server's login: .*535/);
    for (const secret of [user, pass, plain, encodeURIComponent(pass)]) expect(outcome?.response).not.toContain(secret);
    expect(peer.received).toEqual([]);
  });

  it("gives nothing of the login away in a refusal or an acknowledgement", async () => {
    const peer = await host({ auth: true });
    const transport = relay(withLogin(peer));
    const text = `not allowed for ${user} with ${pass}`;
    for (const stage of ["mail", "rcpt", "data"]) {
      peer.behave((asked) => (asked.stage === stage ? { code: 550, text } : undefined));
      const [outcome] = await send(transport);
      expect(outcome?.result).toBe("bounced");
      expect(outcome?.response).toContain("not allowed for [redacted] with [redacted]");
    }
  });

  it("defers when the relay wants a login and the URL has none", async () => {
    const peer = await host({ auth: true });
    const [outcome] = await send(relay(peer.url));
    expect(outcome).toMatchObject({ result: "deferred", code: 530 });
    expect(outcome?.response).toMatch(/^The mail host demands a login or TLS first: /);
  });
});

describe("relay: trouble on the way", () => {
  it("defers when nobody listens", async () => {
    const peer = await startMailHost();
    await peer.close();
    const [outcome] = await send(relay(peer.url));
    expect(outcome).toMatchObject({
      result: "deferred",
      code: null,
      response: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("defers when the relay falls silent", async () => {
    const peer = await host({ script: (asked) => (asked.stage === "rcpt" ? "hang" : undefined) });
    const [outcome] = await send(relay(peer.url, { timeouts: { silenceMs: 200 } }));
    expect(outcome).toMatchObject({ result: "deferred", code: null, response: expect.stringContaining("Timeout") });
  });

  it("defers when the delivery as a whole takes too long", async () => {
    const peer = await host({ script: (asked) => (asked.stage === "data" ? "hang" : undefined) });
    const [outcome] = await send(relay(peer.url, { timeouts: { deliveryMs: 200 } }));
    expect(outcome).toMatchObject({ result: "deferred", code: null });
  });

  it("moves to a new connection when the relay drops a pooled one before it got anything of the mail", async () => {
    const peer = await host();
    const transport = relay(peer.url);
    await send(transport);
    peer.behave((asked) => (asked.stage === "mail" && asked.connection === 1 ? "drop" : undefined));
    expect(summary(await send(transport))).toEqual(["sent 250"]);
    expect(peer.received.map((mail) => mail.connection)).toEqual([1, 2]);
  });

  it.each([
    ["a fresh connection", 0],
    ["a connection that brought mail before", 1],
  ])(
    "defers without sending again when the acknowledgement is lost on %s, and the retry is the same mail",
    async (_what, earlier) => {
      const peer = await host();
      const transport = relay(peer.url);
      for (let i = 0; i < earlier; i++) await send(transport);
      peer.behave((asked) => (asked.stage === "data" ? "drop" : undefined));
      expect(summary(await send(transport))).toEqual(["deferred null"]);
      expect(peer.received).toHaveLength(earlier + 1);

      peer.behave();
      raw = await composeMail(outgoing({ text: ".a dot\n..two dots\n\nGrüße" }), []);
      expect(summary(await send(transport))).toEqual(["sent 250"]);
      const [lost, again] = peer.received.slice(-2);
      expect([lost?.acknowledged, again?.acknowledged]).toEqual([false, true]);
      expect(again?.raw.equals(lost?.raw ?? Buffer.alloc(0))).toBe(true);
      expect(again?.messageId).toBe(outgoing().messageId);
    },
  );

  it("cuts off a delivery under way when it is closed", async () => {
    const asked = Promise.withResolvers<void>();
    const peer = await host({
      script: (question) => {
        if (question.stage !== "data") return undefined;
        asked.resolve();
        return "hang";
      },
    });
    const transport = relay(peer.url);
    const delivery = send(transport);
    await asked.promise;
    await transport.close();
    expect(summary(await delivery)).toEqual(["deferred null"]);
    expect(summary(await send(transport))).toEqual(["deferred null"]);
  });
});
