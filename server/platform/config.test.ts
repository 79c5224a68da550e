import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { StartupError } from "./startup-error.ts";
import { TIER_LIMITS } from "./tiers.ts";

const MASTER_KEY = `mk_${"a1B2".repeat(10)}`;

describe("without any variable", () => {
  it("everything has its default", () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:3000",
      errorDocsUrl: "http://localhost:3000/docs/errors",
      dataDir: ".data",
      databaseUrl: null,
      redisUrl: null,
      roles: ["web", "mail", "worker"],
      smtp: { port: 2525, host: "127.0.0.1", certPath: null, keyPath: null },
      mailDomain: "agents.localhost",
      relayUrl: null,
      rootKey: null,
      init: null,
      signupsPerHour: 20,
      plans: TIER_LIMITS,
      currency: "USD",
      invoices: { issuer: "Anima, localhost:3000", dueDays: 14 },
      dunning: { retryDays: [1, 3, 7], blockDays: 14 },
      stripe: null,
      carrier: { name: "sandbox", clock: true },
      trustedProxies: [],
      metricsToken: null,
      logLevel: "info",
    });
  });

  it("an empty one counts as none", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "", ROLES: "", INIT_ORG_NAME: "" })).toEqual(readConfig({}));
  });
});

describe("a variable", () => {
  it.each<[Record<string, string>, object]>([
    [{ PORT: "8080" }, { port: 8080, publicUrl: "http://localhost:8080" }],
    [
      { PUBLIC_URL: "https://anima.test/" },
      { publicUrl: "https://anima.test", errorDocsUrl: "https://anima.test/docs/errors" },
    ],
    [{ ERROR_DOCS_URL: "https://docs.test/e/" }, { errorDocsUrl: "https://docs.test/e" }],
    [{ ROLES: "web, worker" }, { roles: ["web", "worker"] }],
    [{ SMTP_PORT: "0" }, { smtp: { port: 0, host: "127.0.0.1", certPath: null, keyPath: null } }],
    [{ MAIL_DOMAIN: "Mail.Example.ORG" }, { mailDomain: "mail.example.org" }],
    [{ SMTP_RELAY_URL: "direct" }, { relayUrl: "direct" }],
    [{ TRUSTED_PROXIES: "10.0.0.0/8, ::1" }, { trustedProxies: ["10.0.0.0/8", "::1"] }],
    [
      { INIT_ORG_NAME: "Acme", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "SCALE" },
      { init: { orgName: "Acme", masterKey: MASTER_KEY, tier: "SCALE" } },
    ],
  ])("is read: %o", (env, expected) => {
    expect(readConfig(env)).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ["PORT", "65536"],
    ["PORT", "secret-80"],
    ["HOST", "secret host"],
    ["PUBLIC_URL", "ftp://secret.test"],
    ["PUBLIC_URL", "secret"],
    ["ERROR_DOCS_URL", "javascript:secret"],
    ["DATABASE_URL", "mysql://user:secret@db/a"],
    ["REDIS_URL", "http://:secret@cache"],
    ["ROLES", "web,secret"],
    ["SMTP_PORT", "-1"],
    ["SMTP_HOST", "secret/host"],
    ["MAIL_DOMAIN", "secret@example.org"],
    ["MAIL_DOMAIN", "secret..org"],
    ["MAIL_DOMAIN", "-secret.org"],
    ["SMTP_RELAY_URL", "https://user:secret@relay"],
    ["INIT_ORG_NAME", "secret".repeat(20)],
    ["INIT_MASTER_KEY", "mk_secret"],
    ["INIT_MASTER_KEY", `ak_secret${"a".repeat(40)}`],
    ["INIT_TIER", "SECRET"],
    ["SIGNUPS_PER_HOUR", "secret"],
    ["SIGNUPS_PER_HOUR", "1.5"],
    ["TRUSTED_PROXIES", "10.0.0.0/8, secret"],
    ["TRUSTED_PROXIES", "10.0.0.0/99"],
    ["METRICS_TOKEN", "secret"],
    ["CARRIER", "secret"],
    ["SANDBOX_CLOCK", "secret"],
    ["TWILIO_ACCOUNT_SID", "ACsecret"],
    ["TWILIO_AUTH_TOKEN", "secret"],
    ["TWILIO_API_BASE", "secret"],
    ["TELNYX_PUBLIC_KEY", "secret"],
    ["TELNYX_CONNECTION_ID", "secret"],
    ["TELNYX_MESSAGING_PROFILE_ID", "secret"],
    ["LOG_LEVEL", "secret"],
  ])("%s with the wrong value %j stops the start, is named, and not shown", (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.message).toMatch(new RegExp(`^${name}: `));
    expect(`${error.message} ${error.remedy}`).not.toContain(value);
    expect(`${error.message} ${error.remedy}`.toLowerCase()).not.toContain("secret");
    expect(error.remedy).not.toBe("");
  });
});

describe("a carrier", () => {
  const twilio = {
    CARRIER: "twilio",
    PUBLIC_URL: "https://anima.test",
    TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
    TWILIO_AUTH_TOKEN: "0123456789abcdef",
  };
  const telnyx = {
    CARRIER: "telnyx",
    PUBLIC_URL: "https://anima.test",
    TELNYX_API_KEY: "KEY0123456789",
    TELNYX_PUBLIC_KEY: Buffer.alloc(32, 1).toString("base64"),
    TELNYX_CONNECTION_ID: "1234567890",
    TELNYX_MESSAGING_PROFILE_ID: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
  };

  it.each([twilio, telnyx])("$CARRIER is read, and needs all of its variables", (env) => {
    expect(readConfig(env)).toMatchObject({ carrier: { name: env.CARRIER } });
    for (const name of Object.keys(env).filter((key) => key !== "CARRIER")) {
      const error = refusal({ ...env, [name]: undefined });
      expect(error).toMatchObject({ message: `${name} is missing.`, remedy: `CARRIER=${env.CARRIER} needs it.` });
    }
  });

  it("is the sandbox, whose clock is not set on a public server unless its operator says so", () => {
    const carrierOf = (env: Record<string, string>) => readConfig(env).carrier;
    expect(carrierOf({ PUBLIC_URL: "https://anima.test" })).toEqual({ name: "sandbox", clock: false });
    expect(carrierOf({ PUBLIC_URL: "https://anima.test", SANDBOX_CLOCK: "on" })).toMatchObject({ clock: true });
    expect(carrierOf({ SANDBOX_CLOCK: "off" })).toMatchObject({ clock: false });
  });
});

describe("variables that go together", () => {
  const all = { INIT_ORG_NAME: "Acme", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "FREE" };

  it.each(Object.keys(all))("the first organisation needs %s too", (missing) => {
    const error = refusal({ ...all, [missing]: undefined });
    expect(error.message).toBe(`${missing} is missing.`);
    expect(error.message).not.toContain(MASTER_KEY);
  });

  it("a certificate needs its key", () => {
    expect(refusal({ SMTP_TLS_CERT: "cert.pem" }).message).toContain("SMTP_TLS_KEY");
    expect(refusal({ SMTP_TLS_KEY: "key.pem" }).message).toContain("SMTP_TLS_CERT");
  });
});

function refusal(env: Record<string, string | undefined>): StartupError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof StartupError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}
