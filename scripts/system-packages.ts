import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";

/**
 * A Chromium to test with: the system's, Playwright's own, or the Debian package, installed where this user may.
 * @returns the path of the system's; null to let Playwright use its own download
 */
export async function ensureChromium(): Promise<string | null> {
  const system = await findChromium();
  if (system) return system;
  if (await exists(chromium.executablePath())) return null;
  process.stdout.write("Chromium is missing: trying Playwright's download, then the Debian package.\n");
  if (await succeeds(join(import.meta.dirname, "../node_modules/.bin/playwright"), ["install", "chromium"]))
    return null;
  await installDebianPackage("chromium");
  const installed = await findChromium();
  if (!installed) throw new Error("Chromium could not be installed. Install it by hand and run the tests again.");
  return installed;
}

/** The path of the system's Chromium; null where there is none. */
export function findChromium(): Promise<string | null> {
  return findProgram(["chromium", "chromium-browser", "google-chrome"]);
}

/** A redis-server, for the tests of shared rate limits. */
export async function ensureRedis(): Promise<void> {
  const names = ["redis-server", "valkey-server"];
  if (await findProgram(names)) return;
  process.stdout.write("redis-server is missing: installing the Debian package.\n");
  await installDebianPackage("redis-server");
  if (!(await findProgram(names))) {
    throw new Error("redis-server could not be installed. Install Redis or Valkey by hand and run the tests again.");
  }
}

/** The path of the first of these programs that is installed. */
async function findProgram(names: string[]): Promise<string | null> {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/bin", "/usr/local/bin"];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== "" && (await exists(path))) return path;
    }
  }
  return null;
}

async function installDebianPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  // A service that the package would start is not wanted: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await succeeds("apt-get", ["update", "-qq"], env);
  await succeeds("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], env);
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function succeeds(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
