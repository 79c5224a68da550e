import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeFailures, readPlaywright, readVitest } from "./test-reports.ts";

const root = join(import.meta.dirname, "..");
let dir: string;

// Inside of the repository, so that the files find the test runners.
beforeAll(async () => {
  await mkdir(join(root, "test-results"), { recursive: true });
  dir = await mkdtemp(join(root, "test-results/reports-"));
});
afterAll(() => rm(dir, { recursive: true }));

it("a unit test that fails, and a file that cannot be loaded, are named with why", async () => {
  await writeFile(join(dir, "vitest.config.ts"), 'export default { test: { include: ["*.unit.ts"] } };');
  await writeFile(
    join(dir, "a.unit.ts"),
    `import { describe, expect, it } from "vitest";
     it("adds", () => expect(1 + 1).toBe(2));
     it.skip("waits", () => {});
     describe("sums", () => { it("are wrong", () => expect(1 + 1).toBe(3)); });`,
  );
  await writeFile(join(dir, "b.unit.ts"), 'import "./missing.ts";');
  const file = join(dir, "unit.json");
  await run("vitest", ["run", "--root", dir, "--reporter=json", `--outputFile.json=${file}`]);

  const outcome = readVitest(JSON.parse(await readFile(file, "utf8")), dir);

  expect(outcome).toMatchObject({ passed: 1, skipped: 1 });
  const text = describeFailures(outcome.failures);
  expect(text).toContain("FAILED a.unit.ts › sums are wrong\n    AssertionError: expected 2 to be 3");
  expect(text).toContain("FAILED b.unit.ts › (the file)\n");
  expect(text).toContain("missing.ts");
  expect(outcome.failures).toHaveLength(2);
});

it("a story of the browser that fails is named with its line and why, and so is what fails around it", async () => {
  await writeFile(
    join(dir, "playwright.config.ts"),
    'export default { testDir: ".", outputDir: "out", reporter: "json" };',
  );
  await writeFile(
    join(dir, "a.spec.ts"),
    `import { expect, test } from "@playwright/test";
test("adds", () => expect(1 + 1).toBe(2));
test.describe("sums", () => {
  test("are wrong", () => expect(1 + 1).toBe(3));
});`,
  );
  await writeFile(join(dir, "b.spec.ts"), 'throw new Error("no such story");');
  const file = join(dir, "browser.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const config = join(dir, "playwright.config.ts");

  await run("playwright", ["test", "--config", config, "a.spec.ts"], env);
  const outcome = readPlaywright(JSON.parse(await readFile(file, "utf8")));
  expect(outcome).toMatchObject({ passed: 1, skipped: 0 });
  const text = describeFailures(outcome.failures);
  expect(text).toContain("FAILED e2e/a.spec.ts:4 › are wrong\n    Error: expect(received).toBe(expected)");
  expect(outcome.failures).toHaveLength(1);

  await run("playwright", ["test", "--config", config, "b.spec.ts"], env);
  const broken = readPlaywright(JSON.parse(await readFile(file, "utf8")));
  expect(describeFailures(broken.failures)).toContain("no such story");
});

/** A runner's run, which is expected to fail: its report counts, not its exit code. */
function run(name: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  // Without what the runner around this test tells its children.
  const { VITEST: _v, VITEST_MODE: _m, VITEST_POOL_ID: _p, VITEST_WORKER_ID: _w, ...inherited } = process.env;
  const options = { cwd: root, env: { ...inherited, ...env } };
  return new Promise((resolve) => {
    execFile(join(root, "node_modules/.bin", name), args, options, () => resolve());
  });
}
