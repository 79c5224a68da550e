import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { threadIdOf } from "../phone/chain.ts";
import type { Keyword } from "../phone/law/words.ts";
import { liftOptOut, optOut } from "../phone/opt-outs/opt-out.ts";
import { emit } from "../transaction.ts";
import { ANSWERS } from "./answers.ts";
import { countSegments } from "./segments.ts";
import { storeText } from "./store.ts";

type Asked = {
  orgId: string;
  agentId: string;
  ours: string;
  theirs: string;
  keyword: Keyword;
  /** As it was written. */
  word: string;
  correlationId: string;
  /** The event of the text that asks. */
  parentId: string;
};

/**
 * Does what a text of one word asks for: STOP suppresses calls and texts of the organisation at once, START lifts that.
 * Each is answered once; who has said STOP already gets no answer to another one. The answer passes no gate and costs
 * nothing: it is owed.
 */
export async function obeyKeyword(services: Services, tx: Transaction, asked: Asked): Promise<void> {
  const { keyword, word, theirs: phoneNumber } = asked;
  const { channel: _channel, result: _result, ...origin } = base(services, asked);
  const isNew =
    keyword === "stop"
      ? await optOut(services, tx, origin, { phoneNumber, channel: "sms", word, ownNumber: asked.ours })
      : keyword === "start"
        ? await liftOptOut(services, tx, origin, { phoneNumber, word })
        : true;
  if (!isNew) return;
  await answer(services, tx, asked, ANSWERS[keyword]);
}

async function answer(services: Services, tx: Transaction, asked: Asked, body: string): Promise<void> {
  const { orgId, agentId, ours, theirs, correlationId } = asked;
  const id = newId();
  const { segments, encoding } = countSegments(body);
  const eventId = await emit(
    services,
    tx,
    {
      ...base(services, asked),
      event: "sms.queued",
      direction: "OUTBOUND",
      resourceType: "message",
      resourceId: id,
      data: { segments, encoding, media: 0, answers: asked.keyword },
      personal: { detail: `${ours} to ${theirs}`, from: ours, to: theirs },
    },
    { task: "send-sms", payload: { orgId, messageId: id } },
  );
  await storeText(tx, {
    orgId,
    id,
    agentId,
    channel: "SMS",
    direction: "OUTBOUND",
    status: "QUEUED",
    ours,
    theirs,
    body,
    mediaUrls: [],
    segments,
    metadata: { answers: asked.keyword },
    threadId: threadIdOf(agentId, ours, theirs),
    correlationId,
    eventId,
    at: services.clock.now(),
  });
}

function base(services: Services, { orgId, agentId, correlationId, parentId }: Asked) {
  return {
    orgId,
    channel: "sms",
    result: "SUCCESS",
    agentId,
    actorType: "SYSTEM",
    actorId: services.carrier.name,
    parentId,
    correlationId,
  } as const;
}
