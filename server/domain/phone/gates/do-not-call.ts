import type { Gate } from "./facts.ts";
import { allow, refuse } from "./verdict.ts";

/** Whether the number is on the organisation's list, or the person has said stop, on either channel. DO_NOT_CALL. */
export const doNotCall: Gate = (_order, { doNotCall: { listed, optedOut } }) => {
  const facts = {
    listedSince: listed?.since.toISOString() ?? null,
    listSource: listed?.source ?? null,
    optedOutSince: optedOut?.since.toISOString() ?? null,
    optedOutBy: optedOut?.channel ?? null,
    optedOutWith: optedOut?.word ?? null,
  };
  if (optedOut) {
    return refuse("do_not_call", "DO_NOT_CALL", `The person said stop at ${facts.optedOutSince}.`, facts, {
      reason: "opted_out",
      since: facts.optedOutSince,
    });
  }
  if (listed) {
    return refuse("do_not_call", "DO_NOT_CALL", "The number is on the organisation's do-not-call list.", facts, {
      reason: "listed",
      since: facts.listedSince,
    });
  }
  return allow("do_not_call", "Neither listed nor opted out.", facts);
};
