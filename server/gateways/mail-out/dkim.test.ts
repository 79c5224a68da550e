import { generateKeyPairSync } from "node:crypto";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { beforeAll, describe, expect, it } from "vitest";
import type { DkimKey } from "#server/domain/email/gateway.ts";
import { composeMail } from "./compose.ts";
import { dkimDnsRecords, generateDkimKeys, signMail } from "./dkim.ts";
import { dnsWithKeys, outgoing } from "./test-support.ts";

let keys: DkimKey[];
beforeAll(async () => {
  keys = await generateDkimKeys("agents.example");
});

async function verdicts(raw: Buffer): Promise<string[]> {
  const { results } = await dkimVerify(raw, { resolver: dnsWithKeys(keys) });
  return results.map((result) => `${result.selector}: ${result.status.result}`);
}

describe("DKIM", () => {
  it("publishes one record per key, in the form of RFC 6376 and RFC 8463", () => {
    const [rsa, ed25519] = dkimDnsRecords(keys);
    expect(rsa?.name).toBe("anima-rsa._domainkey.agents.example");
    expect(rsa?.value).toMatch(/^v=DKIM1; k=rsa; p=MIIB[A-Za-z0-9+/]+=*$/);
    expect(ed25519?.name).toBe("anima-ed25519._domainkey.agents.example");
    expect(ed25519?.value).toMatch(/^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=$/);
  });

  it("signs with both keys, and a verifier that reads the DNS records passes both", async () => {
    const mail = outgoing({
      subject: "Grüße, a subject that is long enough to be folded over more than one line of the header",
      text: "A line with trailing blanks   \n\n.\nand Ünïcode\n\n\n",
      html: "<p>A line</p>",
      cc: ["Second Reader <second@people.example>"],
      attachments: [
        {
          filename: "data.bin",
          mimeType: "application/octet-stream",
          contentId: null,
          content: Buffer.alloc(5_000, 7),
        },
      ],
    });
    expect(await verdicts(await composeMail(mail, keys))).toEqual(["anima-rsa: pass", "anima-ed25519: pass"]);
  });

  it.each([
    ["the text", "The report is ready.", "The report is late.."],
    ["the subject", "Subject: Your report", "Subject: Your ransom"],
    ["the sender", "scout@agents.example", "chief@agents.example"],
    ["the Message-ID", "01JCZ8M3V0N7Q2", "01JCZ8M3V0N7Q3"],
  ])("fails both signatures when %s is changed on the way", async (_what, original, forged) => {
    const raw = (await composeMail(outgoing(), keys)).toString("latin1");
    const changed = Buffer.from(raw.replaceAll(original, forged), "latin1");
    expect(changed.toString("latin1")).not.toBe(raw);
    for (const verdict of await verdicts(changed)) expect(verdict).not.toContain("pass");
  });

  it("takes the signing time from the mail, so that composing again gives the same signatures", async () => {
    const [first, second] = await Promise.all([composeMail(outgoing(), keys), composeMail(outgoing(), keys)]);
    expect(first.equals(second)).toBe(true);
    expect(first.toString()).toContain(`t=${outgoing().date.getTime() / 1000};`);
  });

  it("throws rather than let a mail leave unsigned when a key is of no use", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const useless: DkimKey = {
      domain: "agents.example",
      selector: "ec",
      algorithm: "rsa",
      privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      publicKeyDns: "",
    };
    await expect(signMail(await composeMail(outgoing(), []), [useless], new Date())).rejects.toThrow("could not sign");
  });
});
