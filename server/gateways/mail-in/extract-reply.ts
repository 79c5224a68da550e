import EmailReplyParser from "email-reply-parser";

export type ExtractInput = { text: string; html: string | null };
export type ExtractedReply = { text: string; html: string | null };

const MAX_TEXT_CHARS = 256 * 1024;
const MAX_HTML_CHARS = 512 * 1024;

/**
 * Takes quoted replies and the signature out of a mail's text and HTML. Runs in a worker under a deadline: the regular
 * expressions of email-reply-parser can need exponential time. Returns null for a text too large to try.
 */
export function extractReply(input: ExtractInput): ExtractedReply | null {
  if (input.text.length > MAX_TEXT_CHARS) return null;
  return { text: extractText(input.text), html: input.html === null ? null : extractHtml(input.html) };
}

function extractText(text: string): string {
  const reply = new EmailReplyParser().parseReply(text).trim();
  // Nothing left means the whole mail was taken for a quote, as with a bare forward: then all of it is the message.
  return reply === "" ? text : reply;
}

// A quote's or a signature's own element, as Gmail, Apple Mail, Thunderbird, Yahoo, Proton and GMX write it.
const QUOTE_ELEMENT =
  /\bclass\s*=\s*["']?[^"'>]*\b(?:gmail_quote|gmail_signature|gmail_signature_prefix|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote|protonmail_signature_block)\b|\btype\s*=\s*["']?cite\b|\bname\s*=\s*["']?quote\b/i;
// Outlook marks only where the quote begins; it runs to the end of the body.
const QUOTE_START = /\bid\s*=\s*["']?(?:appendonsend|divRplyFwdMsg|OLK_SRC_BODY_SECTION)\b/i;
const MAX_TAG_CHARS = 2_000;

/** Drops the quote and signature elements in one pass over the tags; null when the HTML is too large for that. */
export function extractHtml(html: string): string | null {
  if (html.length > MAX_HTML_CHARS) return null;
  const kept: string[] = [];
  let keptUpTo = 0;
  let skipping: { name: string; depth: number } | null = null;
  for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", open + 1)) {
    const close = html.indexOf(">", open);
    if (close < 0) break;
    const tag = html.slice(open, Math.min(close + 1, open + MAX_TAG_CHARS));
    const [, slash, rawName = ""] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(tag) ?? [];
    const name = rawName.toLowerCase();
    if (skipping) {
      if (name === skipping.name) skipping.depth += slash ? -1 : 1;
      if (skipping.depth === 0) {
        skipping = null;
        keptUpTo = close + 1;
      }
      continue;
    }
    if (!name || slash) continue;
    if (QUOTE_START.test(tag)) {
      kept.push(html.slice(keptUpTo, open), endOfBody(html, open));
      return kept.join("");
    }
    if (QUOTE_ELEMENT.test(tag)) {
      kept.push(html.slice(keptUpTo, open));
      keptUpTo = open;
      skipping = { name, depth: 1 };
    }
  }
  // A quote that never closes runs to the end.
  kept.push(skipping ? endOfBody(html, keptUpTo) : html.slice(keptUpTo));
  return kept.join("");
}

function endOfBody(html: string, from: number): string {
  const end = html.slice(from).search(/<\/body>/i);
  return end < 0 ? "" : html.slice(from + end);
}
