import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { toPage } from "../../pagination.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { NumberPageInput, numberPage } from "../number-page.ts";
import { toEntry } from "./schemas.ts";

/** The organisation's do-not-call list, by number. */
export const listDoNotCall = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: NumberPageInput,
  run: async (ctx, input) => {
    const rows = await reader(ctx).doNotCall.findMany(numberPage(orgOf(ctx), input));
    return toPage(rows, input.limit, (row) => row.phoneNumber, toEntry);
  },
});
