import { forwardEmail } from "#server/domain/email/forward.ts";
import { SEND_STATUS } from "#server/domain/email/outgoing.ts";
import { replyToEmail } from "#server/domain/email/reply.ts";
import { sendEmail } from "#server/domain/email/send.ts";
import { Message } from "#server/domain/messages/schemas.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Email";
const accepted = { tag, response: Message, status: SEND_STATUS, idempotency: "statement" } as const;

export const emailRoutes: RouteDefinition[] = [
  route("post", "/email/send", sendEmail, { ...accepted, summary: "Send a mail" }),
  route("post", "/messages/email", sendEmail, { ...accepted, summary: "Send a mail (the same as /email/send)" }),
  route("post", "/email/{id}/reply", replyToEmail, { ...accepted, summary: "Answer a mail" }),
  route("post", "/email/{id}/forward", forwardEmail, { ...accepted, summary: "Pass a mail on" }),
];
