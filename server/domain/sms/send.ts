import { z } from "zod";
import { resolveAgent } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { flag, id, listOf, metadata } from "../fields.ts";
import type { Message } from "../messages/schemas.ts";
import { checkGates, passGates } from "../phone/gates/check.ts";
import type { GateOrder, GateReport } from "../phone/gates/types.ts";
import { checkActive, refuseRepeated } from "../phone/refusal.ts";
import { numberOf } from "../phone-numbers/find.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { acceptText } from "./accept.ts";
import { countSegments, type Segments } from "./segments.ts";

export const SEND_STATUS = 201;

const mediaUrl = z.url({ protocol: /^https?$/ }).max(2_000);

const SendSmsInput = z
  .object({
    agentId: id.optional(),
    to: z.string().trim().min(1).max(64).describe("E.164, or as it is written in the country of the agent's number."),
    fromNumber: z.string().trim().min(1).max(32).optional().describe("One of the agent's numbers. Default: its first."),
    body: z.string().max(1_600).default(""),
    mediaUrls: listOf(mediaUrl, 10).default([]).describe("With any of them the message is an MMS."),
    metadata: metadata.optional().describe("consent_source says by what right the number is texted."),
    dry_run: flag.default(false).describe("Runs every gate and counts the segments. Nothing is sent or charged."),
  })
  .refine(({ body, mediaUrls }) => body !== "" || mediaUrls.length > 0, {
    path: ["body"],
    message: "must not be empty without mediaUrls.",
  });
export type SendSmsInput = z.output<typeof SendSmsInput>;

/** What a dry run of a text answers: the gates' verdicts, and how many texts it would be to the carrier. */
export type TextReport = GateReport & Segments;

/**
 * Sends a text from an agent's number. Answers as soon as it is accepted; the carrier is asked right after.
 * NOT_FOUND (fromNumber), ORG_STOPPED, AGENT_PAUSED, the errors of the gates, PAYMENT_REQUIRED. With `dry_run` the gates' verdicts.
 */
export const sendSms = verb({
  access: anyKey("phone:sms"),
  input: SendSmsInput,
  run: async (ctx, input): Promise<Message | TextReport> => {
    const agent = await resolveAgent(ctx, input.agentId);
    const number = await numberOf(reader(ctx), agent, "sms", input.fromNumber);
    const segments = countSegments(input.body);
    const order: GateOrder = {
      channel: "sms",
      agentId: agent.agentId,
      to: input.to,
      from: number?.phoneNumber ?? null,
      tier: null,
      segments: segments.segments,
      metadata: input.metadata,
    };
    if (input.dry_run) return { ...(await checkGates(ctx, order)), ...segments };
    await refuseRepeated(ctx);
    checkActive(ctx, agent, { event: "sms.refused", to: input.to });
    const passed = await passGates(ctx, order);
    if (!number) throw new TypeError("the gates let no agent through that has no number");
    return acceptText(ctx, { agent, number, passed, input, segments });
  },
});
