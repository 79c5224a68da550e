import { encodeTime } from "ulid";
import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { periodsAt, startOf } from "../billing/periods.ts";
import { orgOf, type Services } from "../context.ts";
import { displayNumber } from "../phone/places/number.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { listNumbers } from "./list.ts";
import type { PhoneIdentity } from "./schemas.ts";

const MOST = 1_000;
const DAY_MS = 86_400_000;

type Traffic = { textsSent: number; textsReceived: number; calls: number };

/** A number that an agent holds, as the console shows it. Counts are of this month, up to `most`; one more stands for more. */
export type NumberView = PhoneIdentity & { display: string; agentName: string; traffic: Traffic };

/** The organisation's numbers, oldest first, with what went through each this month of its calendar; and the carrier. */
export const numbersOverview = verb({
  access: masterKey("phone:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { services } = ctx;
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    const { items } = await listNumbers(ctx, {});
    const agentIds = [...new Set(items.map(({ agentId }) => agentId))];
    const agents = await db.agent.findMany({
      where: { orgId, id: { in: agentIds } },
      select: { id: true, name: true },
    });
    const nameOf = new Map(agents.map(({ id, name }) => [id, name]));
    const traffic = await trafficOf(services, orgId, items);
    return {
      carrier: services.carrier.name,
      most: MOST,
      items: items.map(
        (item): NumberView => ({
          ...item,
          display: displayNumber(item.phoneNumber),
          agentName: nameOf.get(item.agentId) ?? item.agentId,
          traffic: traffic.get(item.phoneNumber) ?? { textsSent: 0, textsReceived: 0, calls: 0 },
        }),
      ),
    };
  },
});

export type NumbersOverview = Awaited<ReturnType<typeof numbersOverview>>;

/** What went through numbers since the month began. Each count reads the agent's own rows of the month, and stops at MOST. */
async function trafficOf(
  { db, directory, clock }: Services,
  orgId: string,
  numbers: PhoneIdentity[],
): Promise<Map<string, Traffic>> {
  if (numbers.length === 0) return new Map();
  const timeZone = (await directory.organization(orgId))?.timeZone ?? "UTC";
  const start = startOf(periodsAt(clock.now(), timeZone).month, timeZone);
  // Ids are of the process's own clock, which may be a little off the one that the rows' times are of.
  const firstId = encodeTime(Math.max(0, start.getTime() - DAY_MS), 10);
  const texts = (tag: string) => `(SELECT count(*)::integer FROM (SELECT FROM message_tag t
      JOIN message m ON m.org_id = t.org_id AND m.id = t.message_id
      WHERE t.org_id = $1 AND t.agent_id = held.agent_id AND t.tag = '${tag} ' || held.phone_number AND NOT t.spam
        AND t.message_id >= $4 AND m.created_at >= $5 LIMIT ${MOST + 1}) AS counted)`;
  const { rows } = await db.pool.query<Traffic & { phoneNumber: string }>({
    name: "traffic-of-numbers",
    text: `SELECT held.phone_number AS "phoneNumber", ${texts("from")} AS "textsSent", ${texts("to")} AS "textsReceived",
        (SELECT count(*)::integer FROM (SELECT FROM call c
          WHERE c.org_id = $1 AND c.agent_id = held.agent_id AND c.id >= $4 AND c.created_at >= $5
            AND held.phone_number IN (c.from_number, c.to_number) LIMIT ${MOST + 1}) AS counted) AS calls
      FROM unnest($2::text[], $3::text[]) AS held (agent_id, phone_number)`,
    values: [
      orgId,
      numbers.map(({ agentId }) => agentId),
      numbers.map(({ phoneNumber }) => phoneNumber),
      firstId,
      start,
    ],
  });
  return new Map(rows.map(({ phoneNumber, ...traffic }) => [phoneNumber, traffic]));
}
