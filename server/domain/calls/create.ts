import { z } from "zod";
import { resolveAgent } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { flag, id, metadata } from "../fields.ts";
import { checkGates, passGates } from "../phone/gates/check.ts";
import type { GateOrder, GateReport } from "../phone/gates/types.ts";
import { checkActive, refuseRepeated } from "../phone/refusal.ts";
import { numberOf } from "../phone-numbers/find.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { acceptCall } from "./accept.ts";
import { CALL_TIERS, type CreatedCall } from "./schemas.ts";

const voiceId = z.string().min(1).max(100);

export const CreateCallInput = z.object({
  agentId: id.optional(),
  to: z.string().trim().min(1).max(64).describe("E.164, or as it is written in the country of the agent's number."),
  fromNumber: z.string().max(20).optional().describe("One of the agent's numbers. Default: its first."),
  tier: z.enum(CALL_TIERS).default("basic"),
  greeting: z.string().max(500).optional().describe("What is said first, when the call is answered."),
  voiceId: voiceId.optional(),
  voice: z.object({ voiceId: voiceId.optional() }).optional().describe("The same as voiceId."),
  systemPrompt: z.string().max(600).optional().describe("Kept with the call for whoever holds the conversation."),
  agentConfig: z
    .looseObject({ systemPrompt: z.string().max(600).optional() })
    .optional()
    .describe("The same systemPrompt, where the frames of a socket have it."),
  requestId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("The caller's own name of the request: it comes back on every frame of the call."),
  language: z.string().max(35).optional(),
  maxDurationSeconds: z.coerce
    .number()
    .int()
    .min(60)
    .max(1_800)
    .default(600)
    .describe(
      "When the call is ended at the latest, counted from the answer. Its minutes are held until it has ended.",
    ),
  metadata: metadata.optional().describe("consent_source says by what right the number is called."),
  dry_run: flag.default(false).describe("Runs every gate and answers what they say. Nothing is dialled or held."),
});
export type CreateCallInput = z.output<typeof CreateCallInput>;

/**
 * Places a call. Answers as soon as it is accepted; the carrier is asked right after.
 * ORG_STOPPED, AGENT_PAUSED, the errors of the gates, PAYMENT_REQUIRED (minutes), VOICE_DAILY_CAP_EXCEEDED and
 * VOICE_MONTHLY_CAP_EXCEEDED (calls). With `dry_run` the gates' verdicts.
 */
export const createCall = verb({
  access: anyKey("phone:voice"),
  input: CreateCallInput,
  run: async (ctx, input): Promise<CreatedCall | GateReport> => {
    const agent = await resolveAgent(ctx, input.agentId);
    const number = await numberOf(reader(ctx), agent, "voice", input.fromNumber);
    const order: GateOrder = {
      channel: "voice",
      agentId: agent.agentId,
      to: input.to,
      from: number?.phoneNumber ?? null,
      tier: input.tier,
      segments: null,
      metadata: input.metadata,
    };
    if (input.dry_run) return checkGates(ctx, order);
    await refuseRepeated(ctx);
    checkActive(ctx, agent, { event: "voice.call.refused", to: input.to });
    const passed = await passGates(ctx, order);
    if (!number) throw new TypeError("the gates let no agent through that has no number");
    return acceptCall(ctx, { agent, number, passed, input });
  },
});
