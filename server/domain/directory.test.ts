import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";

let app: TestApp;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ orgId, masterKey } = await app.organisation());
});
afterAll(() => app.close());

/** How often the database is asked for keys while `act` runs. */
async function readsOfKeys(act: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(app.runtime.db.pool, "query");
  await act();
  const reads = query.mock.calls.filter(([asked]) => (asked as unknown as { name: string }).name === "directory-key");
  query.mockRestore();
  return reads.length;
}

it("a thousand who ask for the same at the same moment cost one question", async () => {
  const { directory } = app.runtime;
  directory.forget();
  const ask = async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => directory.principalOf(masterKey)));
    expect(new Set(answers.map((answer) => answer?.kind))).toEqual(new Set(["master"]));
  };
  expect(await readsOfKeys(ask)).toBe(1);
});

it("who asks after a change was announced does not get what was asked for before it", async () => {
  const { directory } = app.runtime;
  directory.forget();
  const reads = await readsOfKeys(async () => {
    const before = directory.principalOf(masterKey);
    directory.forget(orgId);
    const after = directory.principalOf(masterKey);
    await Promise.all([before, after]);
  });
  expect(reads).toBe(2);
});
