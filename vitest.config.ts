import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["app/**/*.test.ts", "server/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    pool: "forks",
    // Files wait for servers and databases as much as they compute: two at once are quicker also on two cores.
    maxWorkers: 2,
    // A file that finds what another one has loaded is ready at once: that is a third of the time. So no module is replaced
    // in a test, and none keeps what is a server's.
    isolate: false,
    // Far longer than anything takes, since machines are shared.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
