import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { toPage } from "../../pagination.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { NumberPageInput, numberPage } from "../number-page.ts";
import { toLocation } from "./schemas.ts";

/** Where people are, as the organisation knows it, by number. */
export const listLocations = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: NumberPageInput,
  run: async (ctx, input) => {
    const rows = await reader(ctx).contactLocation.findMany(numberPage(orgOf(ctx), input));
    return toPage(rows, input.limit, (row) => row.phoneNumber, toLocation);
  },
});
