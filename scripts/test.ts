import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium, ensureRedis } from "./system-packages.ts";
import { describeFailures, type Failure, type Outcome, readPlaywright, readVitest } from "./test-reports.ts";

const root = join(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
// The tests start the server a hundred times: what Node compiled once, half of a start's work, is kept.
const COMPILED = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node") };

/** Everything: lint with the dependency rules, types, unit and integration tests, the browser. What failed, and one closing line. */
async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), "anima-reports-"));
  const failures: Failure[] = [];
  let passed = 0;
  let skipped = 0;
  const add = (name: string, outcome: Outcome) => {
    passed += outcome.passed;
    skipped += outcome.skipped;
    failures.push(...outcome.failures);
    process.stdout.write(`${name}: ${outcome.passed} passed, ${outcome.failures.length} failed\n\n`);
  };
  try {
    add("setup", await setUp());
    add("lint and dependency rules", await check("lint", bin("biome"), ["check", "--error-on-warnings", "."]));
    add("types", await check("types", bin("tsc"), ["--noEmit"]));
    const unit = join(reports, "unit.json");
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${unit}`];
    add("unit and integration", await report("vitest", args, unit, (json) => readVitest(json, root)));
    const browser = join(reports, "browser.json");
    const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: browser };
    add("browser", await report("playwright", ["test"], browser, readPlaywright, env));
  } finally {
    await rm(reports, { recursive: true });
  }
  if (failures.length > 0) process.stdout.write(`${describeFailures(failures)}\n`);
  const unrun = skipped > 0 ? `, ${skipped} skipped` : "";
  process.stdout.write(`${passed} passed, ${failures.length} failed${unrun}\n`);
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
}

/** Installs what the tests need, and builds what they run against. */
async function setUp(): Promise<Outcome> {
  await ensureRedis();
  const chromium = await ensureChromium();
  if (chromium) process.env.CHROMIUM_PATH = chromium;
  return check("prepare", process.execPath, [join(root, "scripts/prepare.ts")]);
}

async function check(name: string, command: string, args: string[]): Promise<Outcome> {
  const code = await run(command, args);
  return code === 0 ? { passed: 1, skipped: 0, failures: [] } : failed(name, `ended with ${code}; its output is above`);
}

/** Runs a test runner and reads its report. No report, or a failure that the report does not show, is a failure. */
async function report(
  name: string,
  args: string[],
  file: string,
  read: (json: unknown) => Outcome,
  env: Record<string, string> = {},
): Promise<Outcome> {
  const code = await run(bin(name), args, env);
  const written = await access(file).then(
    () => true,
    () => false,
  );
  if (!written) return failed(name, `ended with ${code} and without a report`);
  const outcome = read(JSON.parse(await readFile(file, "utf8")));
  if (code === 0 || outcome.failures.length > 0) return outcome;
  const { failures } = failed(name, `ended with ${code}, with no failed test; its output is above`);
  return { ...outcome, failures };
}

function failed(name: string, message: string): Outcome {
  return { passed: 0, skipped: 0, failures: [{ where: name, test: "(the run)", message }] };
}

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...COMPILED, ...env } });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

await main();
