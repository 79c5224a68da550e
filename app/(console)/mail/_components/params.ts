import { createSerializer, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { BOX_NAMES } from "#server/domain/mailbox/boxes.ts";

export const VIEWS = ["text", "html", "source"] as const;
export type View = (typeof VIEWS)[number];
export const COMPOSE_MODES = ["new", "reply", "reply-all", "forward"] as const;
export type ComposeMode = (typeof COMPOSE_MODES)[number];

/** The state of the mail page, all of it in its address. */
export const mailParams = {
  box: parseAsStringLiteral(BOX_NAMES).withDefault("inbox"),
  agent: parseAsString,
  label: parseAsString,
  q: parseAsString.withDefault(""),
  /** The mail that is open, in its thread. */
  message: parseAsString,
  view: parseAsStringLiteral(VIEWS).withDefault("text"),
  compose: parseAsStringLiteral(COMPOSE_MODES),
  /** On a narrow screen, where one pane is shown at a time: the boxes instead of the list. */
  pane: parseAsStringLiteral(["boxes"]),
};

export type MailParams = inferParserType<typeof mailParams>;

const serialize = createSerializer(mailParams);

/** The address of the page in that state. */
export function mailPath(params: Partial<MailParams>): string {
  return serialize("/mail", params);
}

/** What the list of that state reads; the server prefetches the same. */
export function listInput({ box, agent, label, q }: MailParams) {
  return {
    box,
    limit: 50,
    ...(agent === null ? {} : { agentId: agent }),
    ...(label === null ? {} : { label }),
    ...(q === "" ? {} : { query: q }),
  };
}

/** What stands beside the boxes in that state. */
export function overviewInput({ agent }: MailParams) {
  return agent === null ? {} : { agentId: agent };
}

/** The agents that are offered to choose from. */
export const AGENT_CHOICES = { limit: 100 };
