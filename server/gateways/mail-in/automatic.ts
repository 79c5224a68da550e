import { firstValue, type HeaderBlock } from "./header-block.ts";
import type { AutomaticKind } from "./types.ts";

/** How many automatic mails led to this one, counted along the chain. Only read: this server answers no mail by itself. */
const LOOP_HEADER = "X-Anima-Loop";
/** From this many hops on a mail counts as a loop. */
const MAX_LOOP_HOPS = 5;
// RFC 5321 section 6.3 asks for a large limit; common servers use 50 to 100.
const MAX_RECEIVED = 50;

/**
 * Tells whether a program sent the mail, so that nothing answers it automatically (RFC 3834 section 2).
 * A delivery report counts as a bounce also where it says auto-replied, as Postfix's do; another automatic
 * answer with an empty return path (out of office) is an auto-reply.
 */
export function detectAutomatic(header: HeaderBlock, mailFrom: string): AutomaticKind {
  const value = (name: string) => (firstValue(header, name) ?? "").toLowerCase();
  if (header.receivedCount > MAX_RECEIVED || loopHops(value(LOOP_HEADER.toLowerCase())) >= MAX_LOOP_HOPS) return "loop";

  const contentType = value("content-type");
  if (contentType.startsWith("multipart/report") && contentType.includes("delivery-status")) return "bounce";

  const submitted = value("auto-submitted").split(/[\s;(]/)[0] ?? "";
  const precedence = value("precedence");
  const autoReplied = submitted === "auto-replied" || precedence.startsWith("auto_reply");
  if (autoReplied || value("x-autoreply") || value("x-autorespond")) return "auto-reply";
  if (mailFrom === "") return "bounce";
  if (["bulk", "junk", "list"].includes(precedence) || value("list-id") || value("list-unsubscribe")) return "bulk";

  // RFC 3834 section 5: every value but "no" means automatic, also ones not defined yet.
  if (submitted !== "" && submitted !== "no") return "auto-generated";
  const suppress = value("x-auto-response-suppress");
  if (suppress !== "" && suppress !== "none") return "auto-generated";
  return "no";
}

function loopHops(value: string): number {
  return /^\d{1,6}$/.test(value) ? Number(value) : 0;
}
