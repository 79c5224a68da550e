import { z } from "zod";
import { invalidField } from "../errors.ts";

export const MAX_LABELS = 100;

/** A label as it is stored: lower case, 1 to 64 characters. */
export const Label = z
  .string()
  .normalize("NFC")
  .trim()
  .toLowerCase()
  .max(64)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.:/-]*$/u,
    "must be letters, digits, spaces and _ . : / - and begin with a letter or digit.",
  );

/**
 * The labels of a message after a change, sorted. `read` and `unread` are one state: every message has exactly one of
 * them, so adding one removes the other and removing one adds the other.
 * VALIDATION_ERROR for a change that contradicts itself, and for more than MAX_LABELS.
 */
export function changeLabels(
  message: { labels: string[]; direction: string },
  change: { add: string[]; remove: string[] },
): string[] {
  const both = change.remove.find((label) => change.add.includes(label));
  if (both !== undefined) throw invalidField("removeLabels", `${both} is also in addLabels; name it in one of them.`);
  const asks = (state: string, opposite: string) => change.add.includes(state) || change.remove.includes(opposite);
  const [asksRead, asksUnread] = [asks("read", "unread"), asks("unread", "read")];
  if (asksRead && asksUnread)
    throw invalidField("addLabels", "a message is either read or unread; ask for one of them.");

  const kept = message.labels.filter((label) => !change.remove.includes(label));
  const labels = new Set([...kept, ...change.add]);
  const isRead = asksUnread ? false : asksRead || message.labels.includes("read") || message.direction === "OUTBOUND";
  labels.delete(isRead ? "unread" : "read");
  labels.add(isRead ? "read" : "unread");
  if (labels.size > MAX_LABELS)
    throw invalidField("addLabels", `a message has at most ${MAX_LABELS} labels; remove some.`);
  return [...labels].sort();
}
