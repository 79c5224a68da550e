import type { Message } from "#server/platform/generated/client.ts";

const MAX_QUOTED = 100_000;

type Original = Pick<Message, "body" | "bodyHtml" | "fromAddress" | "to" | "subject" | "createdAt">;

/** The original below an answer, in the form that mail programs recognise as a quotation. */
export function quoteText(original: Original): string {
  const lines = original.body.slice(0, MAX_QUOTED).split(/\r?\n/);
  return `${introduction(original)}\n${lines.map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`)).join("\n")}`;
}

/** The same as HTML. */
export function quoteHtml(original: Original): string {
  return `<br><div class="gmail_quote"><div>${escapeHtml(introduction(original))}</div><blockquote type="cite">${htmlOf(original)}</blockquote></div>`;
}

/** The original as the body of a mail that passes it on. */
export function forwardedText(original: Original): string {
  return `${forwardedHead(original).join("\n")}\n\n${original.body.slice(0, MAX_QUOTED)}`;
}

/** The same as HTML. */
export function forwardedHtml(original: Original): string {
  return `<br><div>${forwardedHead(original).map(escapeHtml).join("<br>")}</div><br>${htmlOf(original)}`;
}

/** Text as HTML that shows its lines and spaces. */
export function asHtml(text: string): string {
  return text === "" ? "" : `<div style="white-space: pre-wrap">${escapeHtml(text)}</div>`;
}

function introduction(original: Original): string {
  return `On ${original.createdAt.toUTCString()}, ${original.fromAddress} wrote:`;
}

function forwardedHead(original: Original): string[] {
  return [
    "---------- Forwarded message ---------",
    `From: ${original.fromAddress}`,
    `Date: ${original.createdAt.toUTCString()}`,
    `Subject: ${original.subject ?? ""}`,
    `To: ${original.to.join(", ")}`,
  ];
}

function htmlOf(original: Original): string {
  if (original.bodyHtml && original.bodyHtml.length <= MAX_QUOTED) return original.bodyHtml;
  return `<pre>${escapeHtml(original.body.slice(0, MAX_QUOTED))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
