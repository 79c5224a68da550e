import { generateKeyPairSync } from "node:crypto";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import { authenticateMail, type DNSResolver } from "./authenticate.ts";
import { defaultLimits } from "./limits.ts";
import { sendRaw, startTestListener, type TestListener } from "./test-support.ts";
import type { DkimInput, DkimOutcome } from "./verify-dkim.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const keyRecord = `v=DKIM1; k=rsa; p=${publicKey.replace(/-----[^-]+-----|\n/g, "")}`;
const dkim = { domainName: "sender.test", keySelector: "s1", privateKey };
const mail = { from: "Ann <ann@sender.test>", to: "bot@anima.test", subject: "x", text: "one\r\n\r\n two  three \r\n" };

let listener: TestListener | null = null;
afterEach(async () => {
  await listener?.close();
  listener = null;
});

/** A resolver that knows these TXT records; an Error is thrown as it is. */
function zone(records: Record<string, string | Error>): DNSResolver {
  return async (domain, type) => {
    const record = type === "TXT" ? records[domain] : undefined;
    if (record instanceof Error) throw record;
    if (record === undefined) throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    return [[record]];
  };
}

function dnsError(code: string): Error {
  return Object.assign(new Error(`DNS ${code}`), { code });
}

async function deliver(resolver: DNSResolver, message: object, limits = {}) {
  listener = await startTestListener({ resolver, limits });
  const transport = createTransport({ host: "127.0.0.1", port: listener.port, tls: { rejectUnauthorized: false } });
  await transport.sendMail(message);
  transport.close();
  expect(listener.errors).toEqual([]);
  return listener.accepted[0]?.verdicts;
}

describe("verdicts", () => {
  it("are pass for a signed mail from a permitted address", async () => {
    const resolver = zone({
      "sender.test": "v=spf1 ip4:127.0.0.1 -all",
      "s1._domainkey.sender.test": keyRecord,
      "_dmarc.sender.test": "v=DMARC1; p=Reject",
    });
    expect(await deliver(resolver, { ...mail, dkim })).toEqual({
      spf: "pass",
      dkim: "pass",
      dmarc: "pass",
      dmarcPolicy: "reject",
    });
  });

  it("are fail for a forged sender, with what its domain asks for", async () => {
    const resolver = zone({ "sender.test": "v=spf1 -all", "_dmarc.sender.test": "v=DMARC1; p=reject" });
    expect(await deliver(resolver, mail)).toEqual({ spf: "fail", dkim: "none", dmarc: "fail", dmarcPolicy: "reject" });
  });

  it("do not let a valid signature of another domain vouch for the From domain", async () => {
    const resolver = zone({ "s1._domainkey.evil.test": keyRecord, "_dmarc.sender.test": "v=DMARC1; p=quarantine" });
    const verdicts = await deliver(resolver, { ...mail, dkim: { ...dkim, domainName: "evil.test" } });
    expect(verdicts).toMatchObject({ dkim: "pass", dmarc: "fail", dmarcPolicy: "quarantine" });
  });

  it("are none where the sender's domain publishes nothing", async () => {
    expect(await deliver(zone({}), mail)).toEqual({ spf: "none", dkim: "none", dmarc: "none", dmarcPolicy: null });
  });

  it("name softfail, a missing key and a weak domain policy as they are", async () => {
    const resolver = zone({ "sender.test": "v=spf1 ~all", "_dmarc.sender.test": "v=DMARC1; p=none" });
    expect(await deliver(resolver, { ...mail, dkim })).toEqual({
      spf: "softfail",
      dkim: "neutral",
      dmarc: "fail",
      dmarcPolicy: "none",
    });
  });

  it("are temperror when DNS fails", async () => {
    const down = dnsError("ECONNREFUSED");
    const resolver = zone({ "sender.test": down, "s1._domainkey.sender.test": down, "_dmarc.sender.test": down });
    expect(await deliver(resolver, { ...mail, dkim })).toEqual({
      spf: "temperror",
      dkim: "temperror",
      dmarc: "temperror",
      dmarcPolicy: null,
    });
  });

  it("are temperror within the time limits when DNS never answers", async () => {
    const resolver: DNSResolver = () => new Promise(() => {});
    const started = performance.now();
    const verdicts = await deliver(resolver, { ...mail, dkim }, { senderLookupMs: 100, policyLookupMs: 100 });
    expect(verdicts).toEqual({ spf: "temperror", dkim: "temperror", dmarc: "temperror", dmarcPolicy: null });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("need a bounded number of lookups, also where SPF records include each other without end", async () => {
    let lookups = 0;
    const resolver: DNSResolver = async (domain) => {
      lookups += 1;
      if (domain.startsWith("_dmarc")) throw dnsError("ENOTFOUND");
      return [[`v=spf1 include:a${lookups}.evil.test include:b${lookups}.evil.test -all`]];
    };
    const verdicts = await deliver(resolver, mail, { maxLookups: 30 });
    expect(["permerror", "temperror"]).toContain(verdicts?.spf);
    expect(lookups).toBeLessThan(40);
  });
});

describe("a changed mail", () => {
  async function signed(): Promise<string> {
    const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows", dkim });
    const { message } = await transport.sendMail(mail);
    return message.toString();
  }
  const resolver = zone({ "s1._domainkey.sender.test": keyRecord, "_dmarc.sender.test": "v=DMARC1; p=reject" });

  async function verdictsOf(message: string) {
    listener = await startTestListener({ resolver });
    expect(await sendRaw(listener.port, message.replace(/\r\n$/, ""))).toMatch(/^250 /);
    return listener.accepted[0]?.verdicts;
  }

  it("fails DKIM and so DMARC, in the body and in a signed field", async () => {
    const message = await signed();
    expect(await verdictsOf(message)).toMatchObject({ dkim: "pass", dmarc: "pass" });
    await listener?.close();
    expect(await verdictsOf(message.replace("three", "four"))).toMatchObject({ dkim: "fail", dmarc: "fail" });
    await listener?.close();
    expect(await verdictsOf(message.replace("Subject: x", "Subject: y"))).toMatchObject({
      dkim: "fail",
      dmarc: "fail",
    });
  });

  it("still passes when only its line endings were changed to bare line feeds", async () => {
    const message = await signed();
    const [head = "", ...body] = message.split("\r\n\r\n");
    expect(await verdictsOf(`${head}\r\n\r\n${body.join("\r\n\r\n").replaceAll("\r\n", "\n")}`)).toMatchObject({
      dkim: "pass",
    });
  });

  it("with several authors has no DMARC verdict to rely on", async () => {
    const message = (await signed()).replace("From: ", "From: boss@anima.test\r\nFrom: ");
    expect(await verdictsOf(message)).toMatchObject({ dmarc: "permerror" });
  });

  it("counts as not signed when its header is too large to check, so it cannot escape DMARC", async () => {
    const flooded = `${"X-Flood: y\r\n".repeat(20_000)}${await signed()}`;
    expect(await verdictsOf(flooded)).toMatchObject({ dkim: "permerror", dmarc: "fail", dmarcPolicy: "reject" });
  });

  it("counts as not signed when its body takes too much to check", async () => {
    const unsigned = { headerFrom: ["ann@sender.test"], signatures: [] };
    const verdicts = await authenticate(async (input) => {
      if (input.bodyOffset !== null) throw new Error("took too long");
      return unsigned;
    });
    expect(verdicts).toMatchObject({ dkim: "permerror", dmarc: "fail", dmarcPolicy: "reject" });
  });

  it("has no verdict yet when this server cannot check anything", async () => {
    const verdicts = await authenticate(async () => {
      throw new Error("no worker starts");
    });
    expect(verdicts).toEqual({ spf: "none", dkim: "temperror", dmarc: "temperror", dmarcPolicy: null });
  });

  function authenticate(verifyDkim: (input: DkimInput) => Promise<DkimOutcome>) {
    const field = { name: "dkim-signature", raw: Buffer.from("DKIM-Signature: d=sender.test; s=s1\r\n") };
    const header = { fields: [field], receivedCount: 1, bodyOffset: 1, truncated: false };
    const envelope = { mailFrom: "", rcptTo: [], remoteAddress: "127.0.0.1", helo: "client.test", secure: false };
    return authenticateMail(
      { rawPath: "", header, envelope, receivedAt: new Date() },
      { hostname: "mx.anima.test", resolver, limits: defaultLimits, verifyDkim },
    );
  }
});
