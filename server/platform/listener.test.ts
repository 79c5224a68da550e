import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { waitUntil } from "../../test/support/wait.ts";
import { Listener } from "./listener.ts";

it("tries again one attempt at a time while something in front of the database takes connections and drops them", async () => {
  let connections = 0;
  const dropping = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(dropping, "listening");
  const { port } = dropping.address() as AddressInfo;
  const listener = new Listener(`postgres://nobody:none@127.0.0.1:${port}/none`, () => {});
  const began = performance.now();
  await listener.start().catch(() => {});
  await waitUntil(() => connections >= 8);
  // Seven pauses of half a second. Every attempt that started two would have halved them.
  expect(performance.now() - began).toBeGreaterThan(3_000);
  await listener.close();
  dropping.close();
});
