import { z } from "zod";
import { id, listOf, metadata } from "../fields.ts";
import { parseAddress } from "./addresses.ts";
import { MAX_ATTACHMENTS, MAX_RECIPIENTS, MAX_SUBJECT } from "./limits.ts";

const MAX_BODY_CHARACTERS = 2 * 1024 * 1024;

/** `a@b.c` or `Name <a@b.c>`; the address alone is kept. */
export const mailAddress = z.string().transform((text, check) => {
  const parsed = parseAddress(text);
  if (parsed) return parsed.address;
  check.addIssue({
    code: "custom",
    message: "is not an e-mail address; send user@example.com or Name <user@example.com>.",
  });
  return z.NEVER;
});

const addresses = listOf(mailAddress, MAX_RECIPIENTS);

const attachment = z.object({
  filename: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}/\\]+$/u, "must be a plain file name, without path or control characters."),
  contentType: z
    .string()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/, "must be a media type such as text/plain.")
    .default("application/octet-stream"),
  contentId: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/)
    .transform((text) => text.replace(/^<|>$/g, ""))
    .nullish(),
  content: z
    .base64({
      error: ({ input }) =>
        input === undefined
          ? "is missing: send the bytes in base64; a url is not fetched."
          : "must be base64 (RFC 4648 section 4), without line breaks.",
    })
    .describe("The bytes in base64. Fetching from a URL is not offered: send the bytes."),
});

/** What the caller can say of a mail, wherever it goes. */
export const mailContent = {
  agentId: id.optional().describe("Taken from an ak_ key when absent."),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  body: z.string().max(MAX_BODY_CHARACTERS),
  bodyHtml: z.string().max(MAX_BODY_CHARACTERS).nullish(),
  attachments: z.array(attachment).max(MAX_ATTACHMENTS).optional(),
  metadata: metadata.optional(),
};

export const SendEmailInput = z.object({
  ...mailContent,
  to: addresses.refine((list) => list.length > 0, "must name at least one recipient."),
  subject: z
    .string()
    .min(1)
    .max(MAX_SUBJECT)
    .regex(/^[^\p{Cc}]*$/u, "must be one line without control characters."),
  headers: z.record(z.string(), z.string()).optional(),
  inReplyTo: z
    .string()
    .min(1)
    .max(998)
    .nullish()
    .describe("A Message-ID, with or without <>, or the id of a message here."),
  references: z.array(z.string().min(1).max(998)).max(100).optional(),
  fromIdentityId: id.optional().describe("The inbox to send from; an agent has one, so this only confirms it."),
});

export type MailAttachment = z.output<typeof attachment>;
