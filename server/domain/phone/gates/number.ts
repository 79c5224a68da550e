import type { NumberProblem } from "../places/number.ts";
import type { Gate } from "./facts.ts";
import { allow, refuse } from "./verdict.ts";

const PROBLEMS: Record<NumberProblem, string> = {
  invalid: "is not a telephone number; write it with its country: +14155550142.",
  emergency: "is an emergency number, which no agent calls.",
  short: "is a short number, which means something else in every network.",
  premium: "is a premium-rate number, which costs the caller.",
};

/** Whether it is a number that may be called. VALIDATION_ERROR, DESTINATION_NOT_ALLOWED. */
export const number: Gate = (order, { number: { number: known, problem }, countries }) => {
  const facts = { to: order.to, ...(known ?? {}), problem, allowedCountries: [...countries] };
  if (problem === "invalid") {
    return refuse("number", "VALIDATION_ERROR", `to: ${PROBLEMS.invalid}`, facts, {
      fields: [{ field: "to", message: PROBLEMS.invalid }],
    });
  }
  if (problem !== null || known === null) {
    return refuse("number", "DESTINATION_NOT_ALLOWED", `${order.to} ${PROBLEMS[problem ?? "invalid"]}`, facts, {
      reason: problem,
    });
  }
  if (known.country === null || !countries.includes(known.country)) {
    const where = known.country ?? "no country";
    return refuse("number", "DESTINATION_NOT_ALLOWED", `Numbers of ${where} may not be called.`, facts, {
      reason: "country",
      country: known.country,
      allowedCountries: [...countries],
      remediation: { hint: "The master key's holder may add the country: PUT /v1/phone/rules." },
    });
  }
  return allow("number", `A number of ${known.country}.`, facts);
};
