/** What a text message of one word may ask for. */
export type Keyword = "stop" | "start" | "help";

const KEYWORDS: Record<string, Keyword> = {
  STOP: "stop",
  STOPALL: "stop",
  UNSUBSCRIBE: "stop",
  CANCEL: "stop",
  END: "stop",
  QUIT: "stop",
  REVOKE: "stop",
  OPTOUT: "stop",
  START: "start",
  UNSTOP: "start",
  YES: "start",
  HELP: "help",
  INFO: "help",
};

/**
 * The keyword that a text consists of: in any case, with whatever punctuation or quotation marks stand around it, and
 * in two words where people write two (47 CFR 64.1200(a)(10): "stop", "quit", "end", "revoke", "opt out", "cancel",
 * "unsubscribe"). null: an ordinary message, also where the word is only part of it.
 */
export function keywordOf(text: string): Keyword | null {
  const bare = text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
  return Object.hasOwn(KEYWORDS, bare) ? (KEYWORDS[bare] ?? null) : null;
}

// "Other wording that a reasonable person would understand": what people say and write.
const PLEAS = [
  /\b(?:stop|quit)\s+(?:calling|texting|messaging|contacting|bothering|phoning|ringing)\b/,
  /\b(?:do\s+not|don'?t|never)\s+(?:ever\s+)?(?:call|text|message|contact|phone|ring)\s+(?:me|us|here|this|again|anymore)\b/,
  /\b(?:remove|delete)\s+(?:me|us|my\s+number|this\s+number)\b/,
  /\b(?:take|get)\s+(?:me|us|my\s+number|this\s+number)\s+off\b/,
  /\bput\s+(?:me|us|my\s+number)\s+on\s+(?:your|the)\s+(?:do[\s-]+not[\s-]+call|dnc)\b/,
  /\b(?:do[\s-]+not[\s-]+call)\s+list\b/,
  /\b(?:unsubscribe|opt\s+(?:me\s+)?out)\b/,
  /\b(?:revoke|withdraw)\s+(?:my\s+)?consent\b/,
  /\bno\s+more\s+(?:calls?|texts?|messages?)\b/,
  /\bleave\s+(?:me|us)\s+alone\b/,
  // "Stop" with nothing but manners around it.
  /^\W*(?:(?:please|pls|plz|just|no)\W+)*stop(?:\W+(?:it|this|that|now|already|please|pls|plz|thanks|thank\s+you))+\W*$/,
  /^\W*(?:(?:please|pls|plz|just|no)\W+)+stop\W*$/,
];

/**
 * Whether somebody asks not to be called or texted again, in whatever words. It is offered to the operator as a
 * revocation, not taken for one: "don't call me before nine" is caught as well.
 */
export function asksToStop(said: string): boolean {
  const text = said.normalize("NFKC").toLowerCase().replaceAll("\u2019", "'");
  return PLEAS.some((plea) => plea.test(text));
}
