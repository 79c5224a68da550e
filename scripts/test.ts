import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ensureChromium, ensureRedis } from "./system-packages.ts";

const root = join(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
// The tests start the server a hundred times: what Node compiled once, half of a start's work, is kept.
const COMPILED = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node") };

type Count = { passed: number; failed: number; skipped: number };

/** Everything: lint with the dependency rules, types, unit and integration tests, the browser. One closing line. */
async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), "anima-reports-"));
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  const add = (name: string, count: Count) => {
    for (const key of ["passed", "failed", "skipped"] as const) total[key] += count[key];
    process.stdout.write(`${name}: ${count.passed} passed, ${count.failed} failed\n\n`);
  };
  try {
    add("setup", await setUp());
    add("lint and dependency rules", await check(bin("biome"), ["check", "--error-on-warnings", "."]));
    add("types", await check(bin("tsc"), ["--noEmit"]));
    const unit = join(reports, "unit.json");
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${unit}`];
    add("unit and integration", await report(bin("vitest"), args, unit, countVitest));
    const browser = join(reports, "browser.json");
    add(
      "browser",
      await report(bin("playwright"), ["test"], browser, countPlaywright, { PLAYWRIGHT_JSON_OUTPUT_FILE: browser }),
    );
  } finally {
    await rm(reports, { recursive: true });
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** Installs what the tests need, and builds what they run against. */
async function setUp(): Promise<Count> {
  await ensureRedis();
  const chromium = await ensureChromium();
  if (chromium) process.env.CHROMIUM_PATH = chromium;
  return check(process.execPath, [join(root, "scripts/prepare.ts")]);
}

async function check(command: string, args: string[]): Promise<Count> {
  const code = await run(command, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Runs a test runner and counts what it reports. No report, or a failure that the report does not show, is a failure. */
async function report(
  command: string,
  args: string[],
  file: string,
  count: (json: unknown) => Count,
  env: Record<string, string> = {},
): Promise<Count> {
  const code = await run(command, args, env);
  const written = await access(file).then(
    () => true,
    () => false,
  );
  if (!written) return { passed: 0, failed: 1, skipped: 0 };
  const counted = count(JSON.parse(await readFile(file, "utf8")));
  return { ...counted, failed: code !== 0 && counted.failed === 0 ? 1 : counted.failed };
}

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

function countVitest(json: unknown): Count {
  const result = VitestReport.parse(json);
  // A file that could not be loaded has no tests to fail.
  const broken = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests,
  };
}

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

function countPlaywright(json: unknown): Count {
  const { stats } = PlaywrightReport.parse(json);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...COMPILED, ...env } });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

await main();
