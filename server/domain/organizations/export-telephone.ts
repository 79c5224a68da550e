import type { Call, CallSegment } from "#server/platform/generated/client.ts";
import { toCall, toSegment } from "../calls/schemas.ts";
import type { Services } from "../context.ts";
import { toConsent } from "../phone/consents/schemas.ts";
import { toEntry } from "../phone/do-not-call/schemas.ts";
import { toLocation } from "../phone/locations/schemas.ts";
import { toSuppression } from "../phone/opt-outs/list.ts";
import { readRules } from "../phone/rules/read.ts";
import { type Item, pages } from "./export-pages.ts";

const BATCH = 500;
/** Calls at once: a long one has thousands of sentences. */
const CALLS = 20;

const id = (row: { id: string }) => row.id;
const number = (row: { phoneNumber: string }) => row.phoneNumber;

/**
 * What an organisation has of the telephone: its numbers, its calls with all that was said, and on what it rests whom it
 * may call. @param newest what has a greater id is newer than the export
 */
export async function* readTelephone({ db }: Services, orgId: string, newest: string): AsyncGenerator<Item[]> {
  const { prisma } = db;
  const byId = (after: string, take = BATCH) => ({
    where: { orgId, id: { gt: after, lte: newest } },
    orderBy: { id: "asc" as const },
    take,
  });
  const byNumber = (after: string) => ({
    where: { orgId, phoneNumber: { gt: after } },
    orderBy: { phoneNumber: "asc" as const },
    take: BATCH,
  });
  const transcribed = async (calls: Call[]): Promise<object[]> => {
    const callId = { in: calls.map(id) };
    const segments = await prisma.callSegment.findMany({ where: { orgId, callId }, orderBy: { seq: "asc" } });
    const ofCall = Map.groupBy(segments, (segment: CallSegment) => segment.callId);
    return calls.map((call) => ({ ...toCall(call), transcript: (ofCall.get(call.id) ?? []).map(toSegment) }));
  };

  yield [{ type: "calling_rules", data: await readRules(prisma, orgId) }];
  yield* pages(
    "phone_number",
    id,
    (after) => prisma.phoneNumber.findMany(byId(after)),
    (rows) => rows.map(({ orgId: _, ...held }) => held),
  );
  yield* pages("call", id, (after) => prisma.call.findMany(byId(after, CALLS)), transcribed);
  yield* pages(
    "consent",
    id,
    (after) => prisma.consent.findMany(byId(after)),
    (rows) => rows.map(toConsent),
  );
  yield* pages(
    "do_not_call",
    number,
    (after) => prisma.doNotCall.findMany(byNumber(after)),
    (rows) => rows.map(toEntry),
  );
  yield* pages(
    "opt_out",
    number,
    (after) => prisma.optOut.findMany(byNumber(after)),
    (rows) => rows.map(toSuppression),
  );
  yield* pages(
    "contact_location",
    number,
    (after) => prisma.contactLocation.findMany(byNumber(after)),
    (rows) => rows.map(toLocation),
  );
  yield* pages(
    "stop_heard",
    id,
    (after) => prisma.stopHeard.findMany(byId(after)),
    (rows) => rows.map(({ orgId: _, ...heard }) => heard),
  );
}
