import { z } from "zod";
import { anyKey } from "#server/domain/authorise.ts";
import { checkGates, claimAttempt, passGates } from "#server/domain/phone/gates/check.ts";
import type { GateOrder } from "#server/domain/phone/gates/types.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { verb } from "#server/domain/verb.ts";
import { newId } from "#server/platform/ids.ts";
import { createRestApp } from "#server/rest/app.ts";
import { type RouteDefinition, route } from "#server/rest/route.ts";
import { routes } from "#server/rest/routes/index.ts";
import type { TestApp } from "../../support/app.ts";

const FROM = "+14155550100";

const Input = z.object({
  channel: z.enum(["voice", "sms"]).default("voice"),
  agentId: z.string(),
  to: z.string(),
  from: z.string().nullable().default(FROM),
  tier: z.enum(["basic", "premium"]).default("basic"),
  segments: z.number().default(1),
  metadata: z.record(z.string(), z.unknown()).optional(),
  dry: z.boolean().default(false),
});

const toOrder = ({ channel, agentId, to, from, tier, segments, metadata }: z.output<typeof Input>): GateOrder => ({
  channel,
  agentId,
  to,
  from,
  tier: channel === "voice" ? tier : null,
  segments: channel === "sms" ? segments : null,
  metadata,
});

/** What every call and text does before it is accepted, and nothing more: so the gates can be tried through the pipeline. */
const dial = verb({
  access: anyKey("phone:voice"),
  input: Input,
  run: async (ctx, input): Promise<Record<string, unknown>> => {
    if (input.dry) return checkGates(ctx, toOrder(input));
    const passed = await passGates(ctx, toOrder(input));
    await openTransaction(ctx.services, (tx) => claimAttempt(tx, ctx, passed, newId()));
    return { to: passed.to };
  },
});

const dialRoute: RouteDefinition = route("post", "/dial", dial, {
  tag: "Dial",
  summary: "Dial",
  response: z.record(z.string(), z.unknown()),
  idempotency: "statement",
});

export type Dial = (
  key: string,
  body: Omit<z.input<typeof Input>, "agentId"> & { agentId: string },
) => Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;

/** Dials through the REST API of a test's server. */
export function dialler(app: TestApp): Dial {
  const rest = createRestApp(app.runtime, [...routes, dialRoute]);
  return async (key, body) => {
    const response = await rest.fetch(
      new Request("http://anima.test/v1/dial", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
}
