import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/system-packages.ts";

// The tests bring the system's Chromium where there is one; else Playwright's own download is used.
const executablePath = process.env.CHROMIUM_PATH ?? (await findChromium());

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "e2e",
  // Each worker starts servers of its own. Pages wait as much as they compute: two at once are quicker also on two cores.
  workers: 2,
  // Far longer than anything takes, since machines are shared.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  // scripts/test.ts asks for the counts in a file.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : "list",
  use: {
    browserName: "chromium",
    actionTimeout: 60_000,
    launchOptions: { args: quiet, ...(executablePath ? { executablePath } : {}) },
    screenshot: "only-on-failure",
  },
});
