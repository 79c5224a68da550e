import type { Keyword } from "../phone/law/words.ts";

/** What a keyword is answered: once, without a word of marketing (47 CFR 64.1200(a)(12)). */
export const ANSWERS: Record<Keyword, string> = {
  stop: "You are unsubscribed and will get no more calls or messages from us. Reply START to subscribe again.",
  start: "You are subscribed again. Reply STOP to unsubscribe, HELP for help.",
  help: "This number belongs to an automated assistant. Reply STOP to get no more calls and messages.",
};
