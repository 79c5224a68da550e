import { createSerializer, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { isWholeNumber } from "../../../_lib/phone-digits.ts";

/** The state of the page of texts, all of it in its address. */
export const textsParams = {
  agent: parseAsString,
  /** Of ours or of theirs, as somebody wrote it. */
  number: parseAsString,
  q: parseAsString.withDefault(""),
  /** The conversation that is open. */
  thread: parseAsString,
  compose: parseAsStringLiteral(["new"]),
};

export type TextsParams = inferParserType<typeof textsParams>;

const serialize = createSerializer(textsParams);

/** The address of the page in that state. */
export function textsPath(params: Partial<TextsParams>): string {
  return serialize("/texts", params);
}

/** What the list of that state reads; the server prefetches the same. */
export function listInput({ agent, number, q }: TextsParams) {
  return {
    limit: 50,
    ...(agent === null ? {} : { agentId: agent }),
    ...(number === null ? {} : { number }),
    ...(q === "" ? {} : { query: q }),
  };
}

/** What a search asks for: a number, where it is a whole one, else words. */
export function searchOf(text: string): Pick<TextsParams, "number" | "q"> {
  return isWholeNumber(text) ? { number: text, q: "" } : { number: null, q: text };
}
