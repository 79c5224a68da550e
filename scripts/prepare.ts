import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compressFiles } from "./prepare/compress.ts";

const root = join(import.meta.dirname, "..");

// What the built files are made of. A changed byte in any of them means building again.
const CLIENT_SOURCES = ["prisma/schema.prisma", "package-lock.json"];
const PAGES_SOURCES = [
  "scripts/prepare",
  "app",
  "server",
  "proxy.ts",
  "next.config.js",
  "postcss.config.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "CHANGELOG.md",
];

/** Builds what is missing or older than its sources: the database client, and the pages unless --dev. */
async function prepare(): Promise<void> {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  await buildIfChanged(
    "the database client",
    CLIENT_SOURCES,
    "server/platform/generated/.sources",
    ["prisma", "generate"],
    env,
  );
  if (process.argv.includes("--dev")) return;
  await buildIfChanged(
    "the console (about a minute, only once)",
    PAGES_SOURCES,
    ".next/anima-sources",
    ["next", "build"],
    {
      ...env,
      NODE_ENV: "production",
    },
    () => compressFiles(join(root, ".next/static")),
  );
}

async function buildIfChanged(
  what: string,
  sources: string[],
  marker: string,
  command: string[],
  env: NodeJS.ProcessEnv,
  afterwards: () => Promise<void> = async () => {},
): Promise<void> {
  const hash = await hashOf(sources);
  const built = await readFile(join(root, marker), "utf8").catch(() => null);
  if (built === hash) return;
  process.stderr.write(`  Building ${what}\n`);
  await run(command, env);
  await afterwards();
  await writeFile(join(root, marker), hash);
}

async function hashOf(paths: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesOf(path)) hash.update(`${file}\0`).update(await readFile(join(root, file)));
  }
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts") && entry.name !== ".sources")
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return [path];
    if (code === "ENOENT") return [];
    throw error;
  }
}

/** Runs a tool of node_modules; its output is shown only when it fails. */
function run([tool, ...args]: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "node_modules/.bin", tool as string), args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const progress = setInterval(() => process.stderr.write("  .\n"), 10_000);
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(progress);
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      reject(new Error(`${tool} ${args.join(" ")} failed`));
    });
  });
}

await prepare().catch((error: Error) => {
  process.stderr.write(`\nAnima cannot be built. ${error.message}. The lines above say why.\n`);
  process.exitCode = 1;
});
