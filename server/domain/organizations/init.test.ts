import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "#server/platform/config.ts";
import { StartupError } from "#server/platform/startup-error.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { ensureInitialOrganization } from "./init.ts";

const INIT = { orgName: "Headless Inc", masterKey: `mk_${"a1B2".repeat(10)}`, tier: "GROWTH" } as const;

let app: TestApp;

beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.close());

/** A start of the server with these values. */
const start = (init: Config["init"]) =>
  ensureInitialOrganization({ ...app.runtime, config: { ...app.runtime.config, init } });
const organizations = () => app.runtime.db.prisma.organization.findMany();
const mine = (key: string) => app.call<{ id: string }>("GET", "/v1/orgs/me", { key });

describe("the first organisation, from the environment", () => {
  it("is made with the operator's own key, and by no second start", async () => {
    await start(INIT);
    const { status, body } = await mine(INIT.masterKey);
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: "Headless Inc", slug: "headless-inc", tier: "GROWTH" });
    const before = await organizations();
    await start(INIT);
    expect(await organizations()).toEqual(before);
    expect(await app.runtime.db.prisma.apiKey.count()).toBe(1);
  });

  it("is made once by many processes that start at the same instant", async () => {
    await Promise.all(Array.from({ length: 5 }, () => start(INIT)));
    expect(await organizations()).toHaveLength(1);
  });

  it("is not made without the variables", async () => {
    await start(null);
    expect(await organizations()).toEqual([]);
  });

  it.each([
    ["INIT_ORG_NAME", { orgName: "Another Inc" }],
    ["INIT_TIER", { tier: "FREE" as const }],
    ["INIT_MASTER_KEY", { masterKey: `mk_${"zZ9y".repeat(10)}` }],
  ])("stops the start when %s is another than the first time, and changes nothing", async (variable, change) => {
    await start(INIT);
    const before = await organizations();
    const error = await start({ ...INIT, ...change }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartupError);
    expect((error as StartupError).message).toContain(variable);
    expect((error as StartupError).message + (error as StartupError).remedy).not.toContain("mk_");
    expect(await organizations()).toEqual(before);
    expect((await mine(INIT.masterKey)).status).toBe(200);
  });

  it("may be renamed and get another master key, and the server starts as before", async () => {
    await start(INIT);
    const { body } = await mine(INIT.masterKey);
    await app.call("PATCH", `/v1/orgs/${body.id}`, { key: INIT.masterKey, body: { name: "Renamed Inc" } });
    await app.call("POST", `/v1/orgs/${body.id}/rotate-key`, { key: INIT.masterKey });
    await start(INIT);
    expect((await mine(INIT.masterKey)).status).toBe(401);
    expect(await organizations()).toMatchObject([{ name: "Renamed Inc" }]);
  });

  it("is not made on a server that was set up in the browser, or with a key that is somebody's", async () => {
    const { masterKey } = await app.organisation();
    await expect(start(INIT)).rejects.toThrow(/set up in the browser/);
    await app.runtime.db.prisma.organization.updateMany({ data: { origin: "SIGN_UP" } });
    await expect(start({ ...INIT, masterKey })).rejects.toThrow(/INIT_MASTER_KEY/);
    await start(INIT);
    expect(await organizations()).toHaveLength(2);
  });
});
