import type { JsonObject } from "#server/audit/record.ts";
import type { Gate } from "./facts.ts";
import { allow, refuse } from "./verdict.ts";

/** Whether the plan has any of it at all, and the agent a number. PAYMENT_REQUIRED, PHONE_NOT_PROVISIONED. */
export const plan: Gate = (order, { plan: { tier, quota, remediation } }) => {
  const facts = { tier, quota, from: order.from };
  const what = order.channel === "sms" ? "text messages" : `calls of the tier ${order.tier ?? "basic"}`;
  if (quota === 0) {
    return refuse("plan", "PAYMENT_REQUIRED", `The plan ${tier} has no ${what}.`, facts, {
      resource: order.channel,
      source: "plan",
      remediation: remediation as JsonObject,
    });
  }
  if (order.from === null) {
    return refuse("plan", "PHONE_NOT_PROVISIONED", "This agent has no telephone number.", facts, {
      agentId: order.agentId,
      remediation: { hint: "POST /v1/phone/provision with the master key gives it one." },
    });
  }
  return allow("plan", `The plan ${tier} has ${what}, and the agent a number.`, facts);
};
