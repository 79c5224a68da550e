import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { writeDnsRecords } from "./dns-records.ts";
import { generateDkimKeys } from "./mail-out/dkim.ts";

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp({ MAIL_DOMAIN: "agents.example.com", PUBLIC_URL: "https://anima.example.com" });
});
afterEach(() => app.close());

test("the records to publish hold the public keys that mail is signed with, and the same ones at every start", async () => {
  const gateway: Pick<MailGateway, "generateDkimKeys"> = { generateDkimKeys };
  const path = await writeDnsRecords(app.runtime, gateway);
  const text = await readFile(path ?? "", "utf8");
  expect(text).toContain("agents.example.com. MX 10 anima.example.com.");
  const keys = await app.runtime.db.prisma.dkimKey.findMany();
  expect(keys).toHaveLength(2);
  for (const { selector, publicKeyDns } of keys) {
    const line = text.split("\n").find((record) => record.startsWith(`${selector}._domainkey.agents.example.com. TXT`));
    const strings = [...(line ?? "").matchAll(/"([^"]*)"/g)].map(([, string]) => string ?? "");
    expect(strings.join("")).toContain(`p=${publicKeyDns}`);
    expect(Math.max(...strings.map((string) => string.length))).toBeLessThanOrEqual(255);
  }
  await writeDnsRecords(app.runtime, gateway);
  expect(await readFile(path ?? "", "utf8")).toBe(text);
});

test("the default domain, which has no DNS, gets none", async () => {
  const config = { ...app.runtime.config, mailDomain: "agents.localhost" };
  expect(await writeDnsRecords({ ...app.runtime, config }, { generateDkimKeys })).toBeNull();
});
