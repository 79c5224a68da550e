import type { Services } from "../context.ts";
import type { CarrierSink } from "../phone/carrier.ts";
import type { CarrierNews } from "../phone/news.ts";
import type { NewsContent } from "./steps.ts";

const LOCK = 4_711_555;
const BATCH = 200;
/** A carrier gives up too, when what it tells is refused again and again. */
const MAX_FAILURES = 20;
const KEPT_MS = 7 * 86_400_000;

type Row = Awaited<ReturnType<Services["db"]["prisma"]["sandboxStep"]["findMany"]>>[number] & { dueAt: Date };

/**
 * Tells what is due by the clock, in order, by whichever process is first: the others do nothing meanwhile.
 * A process that dies after it has told leaves it to be told again, with the same ids, as carriers do.
 *
 * @returns when the next is due (null: nothing is), and whether something could not be told
 */
export async function tellDue(services: Services, sink: CarrierSink): Promise<{ next: Date | null; failed: boolean }> {
  const { pool, prisma } = services.db;
  const client = await pool.connect();
  let broken = true;
  try {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [LOCK]);
    if (rows[0]?.mine) {
      const failed = await tell(services, sink);
      await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
      broken = false;
      const first = await prisma.sandboxStep.findFirst({ where: { dueAt: { not: null } }, orderBy: { dueAt: "asc" } });
      return { next: first?.dueAt ?? null, failed };
    }
    broken = false;
    return { next: null, failed: false };
  } finally {
    // A connection that is given up gives up the lock.
    client.release(broken);
  }
}

async function tell(services: Services, sink: CarrierSink): Promise<boolean> {
  const { prisma } = services.db;
  for (;;) {
    const rows = await prisma.sandboxStep.findMany({
      where: { dueAt: { lte: services.clock.now() } },
      orderBy: [{ dueAt: "asc" }, { seq: "asc" }],
      take: BATCH,
    });
    if (rows.length === 0) return false;
    const due = await applyToCalls(services, rows as Row[]);
    const news = await toNews(services, due);
    const failed = await bring(services, sink, due, news);
    const told = rows.filter(({ seq }) => !failed.has(seq)).map(({ seq }) => seq);
    await prisma.sandboxStep.deleteMany({ where: { seq: { in: told } } });
    if (failed.size > 0) return true;
  }
}

/** Answered and ended calls are so from when that was due. What would come after an end never comes. */
async function applyToCalls({ db }: Services, rows: Row[]): Promise<Row[]> {
  const of = (kind: NewsContent["kind"]) => rows.filter(({ news }) => (news as NewsContent).kind === kind);
  const columns = (list: Row[]) => [list.map(({ carrierId }) => carrierId), list.map(({ dueAt }) => dueAt)];
  const answered = of("call_answered");
  if (answered.length > 0) {
    await db.pool.query(
      `UPDATE sandbox_call c SET answered_at = s.at FROM unnest($1::text[], $2::timestamptz[]) s (id, at)
       WHERE c.carrier_id = s.id AND c.answered_at IS NULL`,
      columns(answered),
    );
  }
  const ended = of("call_ended");
  if (ended.length === 0) return rows;
  await db.pool.query(
    `UPDATE sandbox_call c SET ended_at = s.at FROM unnest($1::text[], $2::timestamptz[]) s (id, at)
     WHERE c.carrier_id = s.id AND c.ended_at IS NULL`,
    columns(ended),
  );
  const { rows: late } = await db.pool.query<{ seq: string }>(
    `DELETE FROM sandbox_step s USING unnest($1::text[], $2::timestamptz[], $3::bigint[]) e (id, at, seq)
     WHERE s.carrier_id = e.id AND (s.due_at IS NULL OR (s.due_at, s.seq) > (e.at, e.seq)) RETURNING s.seq`,
    [...columns(ended), ended.map(({ seq }) => String(seq))],
  );
  const gone = new Set(late.map(({ seq }) => seq));
  return rows.filter(({ seq }) => !gone.has(String(seq)));
}

async function toNews({ db }: Services, rows: Row[]): Promise<CarrierNews[]> {
  const where = { carrierId: { in: rows.map(({ carrierId }) => carrierId) } };
  const [calls, messages] = await Promise.all([
    db.prisma.sandboxCall.findMany({ where }),
    db.prisma.sandboxMessage.findMany({ where }),
  ]);
  const callOf = new Map(calls.map((call) => [call.carrierId, call]));
  const tokens = new Map([...calls, ...messages].map(({ carrierId, token }) => [carrierId, token]));
  return rows.map(({ id, carrierId, dueAt, news }) => {
    const { startsAt: _, ...content } = news as NewsContent & { startsAt?: string };
    const about = { id: `${carrierId}-${id}`, at: dueAt, carrierId, token: tokens.get(carrierId) ?? null };
    if (content.kind !== "call_ended") return { ...about, ...content } as CarrierNews;
    const answeredAt = callOf.get(carrierId)?.answeredAt;
    const durationSeconds = answeredAt ? Math.ceil((dueAt.getTime() - answeredAt.getTime()) / 1000) : 0;
    return { ...about, ...content, durationSeconds };
  });
}

/** All at once; where that fails, one by one, so that one that cannot be told holds up no other. @returns those that failed */
async function bring(services: Services, sink: CarrierSink, rows: Row[], news: CarrierNews[]): Promise<Set<bigint>> {
  try {
    await sink(news);
    return new Set();
  } catch (err) {
    services.log.warn({ err }, "the sandbox's news could not be told together");
  }
  const failed = new Set<bigint>();
  for (const [index, row] of rows.entries()) {
    await sink(news.slice(index, index + 1)).catch((err) => {
      services.log.warn({ err, carrierId: row.carrierId }, "news of the sandbox could not be told");
      if (row.failures + 1 < MAX_FAILURES) failed.add(row.seq);
    });
  }
  await services.db.prisma.sandboxStep.updateMany({
    where: { seq: { in: [...failed] } },
    data: { failures: { increment: 1 } },
  });
  return failed;
}

/** Forgets calls that are long over, and messages. */
export async function sweepSandbox({ db, clock }: Services): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_MS);
  await db.prisma.sandboxCall.deleteMany({ where: { createdAt: { lt: before }, endedAt: { not: null } } });
  await db.prisma.sandboxMessage.deleteMany({ where: { createdAt: { lt: before } } });
}
