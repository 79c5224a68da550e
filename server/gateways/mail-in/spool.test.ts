import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ManualClock } from "#server/platform/clock.ts";
import { receivedField, spoolPlace, sweepSpool } from "./spool.ts";

let spoolDir: string;
beforeEach(async () => {
  spoolDir = await mkdtemp(join(tmpdir(), "anima-spool-"));
});
afterEach(() => rm(spoolDir, { recursive: true }));

it("at the start, what a killed process left is removed, and nothing else", async () => {
  const now = new Date("2026-01-01T12:00:00Z");
  const [old, recent] = [spoolPlace(spoolDir), spoolPlace(spoolDir)];
  for (const { folder, rawPath } of [old, recent]) {
    await mkdir(folder);
    await writeFile(rawPath, "mail");
  }
  await mkdir(join(spoolDir, "of-someone-else"));
  for (const name of [old.folder, join(spoolDir, "of-someone-else")]) {
    await utimes(name, now, new Date("2026-01-01T10:00:00Z"));
  }
  await utimes(recent.folder, now, new Date("2026-01-01T11:30:00Z"));
  await sweepSpool(spoolDir, new ManualClock(now));
  expect((await readdir(spoolDir)).sort()).toEqual([`mail-in-${recent.id}`, "of-someone-else"]);
});

it("a mail that another process is done with in the meantime does not keep this one from starting", async () => {
  // It is listed, and gone when it is looked at.
  await symlink(join(spoolDir, "gone"), spoolPlace(spoolDir).folder);
  await sweepSpool(spoolDir, new ManualClock(new Date("2026-01-01T12:00:00Z")));
});

it("the trace field cannot be forged by what the peer calls itself", () => {
  const envelope = { mailFrom: "", rcptTo: [], remoteAddress: "2001:db8::1", helo: "a) by evil (b;", secure: false };
  expect(receivedField(envelope, "mx.anima.test", "id1", new Date("2026-01-02T03:04:05Z"))).toBe(
    "Received: from a??by?evil??b? ([IPv6:2001:db8::1])\r\n\tby mx.anima.test with ESMTP id id1;\r\n\tFri, 02 Jan 2026 03:04:05 +0000\r\n",
  );
});
