import { ID_PATTERN } from "#server/platform/ids.ts";
import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { decodeCursor, PageInput, toPage } from "../../pagination.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { phoneNumber } from "../fields.ts";
import { toConsent } from "./schemas.ts";

/** The consents on record, newest first, also those that were taken back. */
export const listConsents = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: PageInput.extend({ phoneNumber: phoneNumber.optional() }),
  run: async (ctx, input) => {
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const rows = await reader(ctx).consent.findMany({
      where: {
        orgId: orgOf(ctx),
        ...(input.phoneNumber === undefined ? {} : { phoneNumber: input.phoneNumber }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    return toPage(rows, input.limit, (row) => row.id, toConsent);
  },
});
