import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { BUDGET_BYTES, budget } from "./body-memory.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const large = "a".repeat(100_000);

it("a large body waits until there is room for it, a small one does not", async () => {
  const { masterKey: key } = await app.organisation();
  await budget().take(BUDGET_BYTES, 0);
  const search = (pad: string) =>
    app.call("POST", "/v1/messages/search", {
      key,
      body: JSON.stringify({ query: "x", pad }),
      headers: { "content-length": String(pad.length + 22), "content-type": "application/json" },
    });
  const waiting = search(large);
  await waitUntil(() => budget().waiting === 1);
  expect(await search("")).toMatchObject({ status: 200 });
  budget().give(BUDGET_BYTES);
  expect(await waiting).toMatchObject({ status: 200 });
  expect(await budget().take(BUDGET_BYTES, 0)).toBe(true);
  budget().give(BUDGET_BYTES);
});

it("without a key there is no use for a large body, announced or not", async () => {
  const body = JSON.stringify({ human_email: "a@people.test", username: "walker", pad: large });
  const post = (init: RequestInit & { duplex?: "half" }) =>
    app.fetch(new Request("http://anima.test/v1/agent/sign-up", { method: "POST", ...init }));
  const announced = await post({ body, headers: { "content-length": String(body.length) } });
  const inPieces = await post({
    body: new Blob([body]).stream(),
    duplex: "half",
    headers: { "transfer-encoding": "chunked" },
  });
  for (const response of [announced, inPieces]) {
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: { limitBytes: 65_536 } });
  }
});
