import { afterAll, beforeAll, expect, test } from "vitest";
import { dataOf, type Office, openOffice } from "../../test/support/office.ts";
import { NAMED_AT_ONCE } from "../domain/agents/limits.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

test("agents are named by their ids, also those that were deleted, and none of another organisation", async () => {
  const { app, browser } = office;
  const { masterKey } = await app.organisation();
  const cookie = await browser.signIn(masterKey);
  const create = async (name: string, key = masterKey) => {
    const { body } = await app.call<{ id: string }>("POST", "/v1/agents", { key, body: { name } });
    return body.id;
  };
  const names = (ids: string[]) => browser.query("agents.names", { ids }, { cookie });
  const [kept, gone, foreign] = [
    await create("Kept"),
    await create("Gone"),
    await create("Foreign", (await app.organisation()).masterKey),
  ];
  await app.call("DELETE", `/v1/agents/${gone}`, { key: masterKey });

  const { items } = (await dataOf(names([kept, gone, foreign, "nobody"]))) as { items: { name: string }[] };
  expect(items.sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
    { id: gone, name: "Gone", deleted: true },
    { id: kept, name: "Kept", deleted: false },
  ]);
  expect((await names([])).body.result.data).toEqual({ items: [] });
  expect((await names(Array.from({ length: NAMED_AT_ONCE + 1 }, () => kept))).status).toBe(400);
});
