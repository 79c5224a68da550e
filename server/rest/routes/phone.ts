import { z } from "zod";
import { GateReport } from "#server/domain/calls/schemas.ts";
import { Message } from "#server/domain/messages/schemas.ts";
import { listNumbers, PhoneList } from "#server/domain/phone-numbers/list.ts";
import { PROVISION_STATUS } from "#server/domain/phone-numbers/order.ts";
import { provisionNumber } from "#server/domain/phone-numbers/provision.ts";
import { releaseNumber } from "#server/domain/phone-numbers/release.ts";
import { getRequirements, Requirements } from "#server/domain/phone-numbers/requirements.ts";
import { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { AvailableNumberList, searchNumbers } from "#server/domain/phone-numbers/search.ts";
import { SEND_STATUS, sendSms } from "#server/domain/sms/send.ts";
import { getSmsThread, listSmsThreads } from "#server/domain/sms/threads.ts";
import { ThreadPage, ThreadWithMessages } from "#server/domain/threads/schemas.ts";
import { answerOrReport } from "../dry-run.ts";
import { type RouteDefinition, route } from "../route.ts";
import { Success } from "./common.ts";

const tag = "Phone";

const TextReport = GateReport.extend({
  encoding: z.enum(["GSM-7", "UCS-2"]),
  segments: z.int().describe("How many texts it would be to the carrier; each is charged."),
  length: z.int(),
  left: z.int().describe("How much still fits into the last segment."),
}).meta({ id: "TextReport" });

const text = {
  tag,
  response: z.union([Message, TextReport]),
  status: SEND_STATUS,
  idempotency: "statement",
  respond: answerOrReport,
} as const;

export const phoneRoutes: RouteDefinition[] = [
  route("get", "/phone/numbers", listNumbers, { tag, summary: "The numbers that agents hold", response: PhoneList }),
  route("get", "/phone/search", searchNumbers, {
    tag,
    summary: "Numbers that the carrier has for sale",
    response: AvailableNumberList,
  }),
  route("get", "/phone/requirements", getRequirements, {
    tag,
    summary: "What has to be done with the carrier before a kind of number can be used",
    response: Requirements,
  }),
  route("post", "/phone/provision", provisionNumber, {
    tag,
    summary: "Buy a number for an agent",
    response: PhoneIdentity,
    status: PROVISION_STATUS,
    idempotency: "statement",
  }),
  route("post", "/phone/release", releaseNumber, { tag, summary: "Give a number back", response: Success }),
  route("post", "/phone/send-sms", sendSms, {
    ...text,
    summary: "Send a text; with dry_run, what every gate says of it and how many segments it has",
  }),
  route("post", "/messages/sms", sendSms, { ...text, summary: "Send a text (the same as /phone/send-sms)" }),
  route("get", "/phone/sms/threads", listSmsThreads, {
    tag,
    summary: "Conversations by text, the one with the newest message first",
    response: ThreadPage,
  }),
  route("get", "/phone/sms/threads/{id}", getSmsThread, {
    tag,
    summary: "One conversation by text with its newest messages",
    response: ThreadWithMessages,
  }),
];
