import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlans } from "./plans-file.ts";
import { StartupError } from "./startup-error.ts";
import { TIER_LIMITS } from "./tiers.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const path = join(folder, "plans.json");
  await writeFile(path, content);
  return readPlans(path);
}

describe("PLANS_FILE", () => {
  it("replaces what it names and nothing else", async () => {
    const plans = await read('{"GROWTH": {"priceCents": 5000, "meters": {"email_sent": {"unitMicros": 400}}}}');
    expect(plans.GROWTH).toEqual({
      ...TIER_LIMITS.GROWTH,
      priceCents: 5_000,
      meters: {
        ...TIER_LIMITS.GROWTH.meters,
        email_sent: { ...TIER_LIMITS.GROWTH.meters.email_sent, unitMicros: 400 },
      },
    });
    expect(plans.FREE).toEqual(TIER_LIMITS.FREE);
    expect(await read("{}")).toEqual(TIER_LIMITS);
    expect(readPlans(null)).toBe(TIER_LIMITS);
  });

  it.each([
    ['{"GROWTH": {"meters": {"email_sent": {"unitMicros": -1}}}}', "GROWTH.meters.email_sent.unitMicros"],
    ['{"GROWTH": {"meters": {"email_sent": {"unitMicros": 0.5}}}}', "GROWTH.meters.email_sent.unitMicros"],
    ['{"GROWTH": {"meters": {"fax": {}}}}', "GROWTH.meters.fax"],
    ['{"GROWTH": {"price": 5}}', "GROWTH.price"],
    ['{"PLATIN": {}}', "PLATIN"],
    ['{"FREE": {"agents": "three"}}', "FREE.agents"],
    ["[]", "the file"],
    ["{", "is not JSON"],
  ])("stops the start and names what is wrong: %s", async (content, named) => {
    const error = await read(content).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartupError);
    expect((error as StartupError).message).toContain(named);
  });

  it("stops the start when it is not there", () => {
    expect(() => readPlans(join(folder, "none.json"))).toThrow(/PLANS_FILE: the file cannot be read/);
  });
});
