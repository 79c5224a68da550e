import { expect, it } from "vitest";
import { splitAddresses } from "./addresses.ts";

it("addresses are split at what stands between them, not inside a name", () => {
  expect(splitAddresses('a@b.c, "Last, First" <d@e.f>; g@h.i\nKim <k@l.m>,')).toEqual([
    "a@b.c",
    '"Last, First" <d@e.f>',
    "g@h.i",
    "Kim <k@l.m>",
  ]);
  expect(splitAddresses('"never closed, a@b.c')).toEqual(['"never closed, a@b.c']);
  expect(splitAddresses(" , ;")).toEqual([]);
});
