import type pg from "pg";
import { conditionsOf, idBound, type MessageFilter, newValues, type Page, PLACES, type Query } from "./conditions.ts";
import { partsOf, stretchesBefore, stretchesBetween } from "./stretches.ts";

// From how many matches on a stretch of time is taken apart instead of being read whole.
const MANY = 400;

/**
 * The ids of the newest matches, by the index message_find: from the page's end back to the organisation's first message,
 * one stretch of time after the other. One that holds very many is taken apart until its newest are found, so that what a
 * page costs does not depend on how many there are.
 */
export async function findBack(
  pool: pg.Pool,
  orgId: string,
  filter: MessageFilter,
  page: Page,
  many = MANY,
): Promise<string[]> {
  const {
    rows: [ends],
  } = await pool.query<{ newest: string | null; oldest: string | null }>(
    "SELECT max(id) AS newest, min(id) AS oldest FROM message WHERE org_id = $1",
    [orgId],
  );
  if (!ends?.newest || !ends.oldest) return [];
  const before = [page.before, idBound(filter.to ?? filter.before, 1)].filter((id) => id !== undefined).sort()[0];
  const oldest = [ends.oldest, idBound(filter.from ?? filter.after, -1) ?? ""].sort()[1] as string;
  const all =
    before === undefined || before > ends.newest
      ? stretchesBetween(ends.newest, oldest)
      : stretchesBefore(before, oldest);

  const search = async (stretches: string[], wanted: number): Promise<string[]> => {
    const matches = (await pool.query<Match>(matchesQuery(orgId, filter, page, stretches, many))).rows;
    if (matches.length < many) return newestOf(matches, wanted);
    const cut = matches.at(-1)?.stretch as string;
    const found = newestOf(
      matches.filter(({ stretch }) => stretch !== cut),
      wanted,
    );
    if (found.length < wanted) found.push(...(await takeApart(cut, wanted - found.length)));
    const rest = stretches.slice(stretches.indexOf(cut) + 1);
    if (found.length < wanted && rest.length > 0) found.push(...(await search(rest, wanted - found.length)));
    return found;
  };
  const takeApart = async (stretch: string, wanted: number): Promise<string[]> => {
    const parts = partsOf(stretch);
    if (parts) return search(parts, wanted);
    return newestOf((await pool.query<Match>(matchesQuery(orgId, filter, page, [stretch], null))).rows, wanted);
  };
  return search(all, page.limit);
}

type Match = { stretch: string; id: string };

/**
 * Matches in stretches of time, at most `most` of them. Those of a stretch come before those of the next in the array: a
 * LATERAL part with a LIMIT is asked once for each, in order.
 */
function matchesQuery(
  orgId: string,
  filter: MessageFilter,
  page: Page,
  stretches: string[],
  most: number | null,
): Query {
  const { values, bind } = newValues();
  const within = `unnest(${bind(stretches)}::text[]) AS s(stretch)`;
  const places = [filter.agentId, ...(filter.inbox?.includes("@") ? [] : [filter.inbox])].filter(
    (place) => place !== undefined,
  );
  const conditions = [
    ...conditionsOf(orgId, filter, page, bind),
    `${PLACES} @> (${bind(places)}::text[] || s.stretch)`,
  ];
  const limit = `LIMIT ${bind(most)}`;
  const text = `SELECT s.stretch, m.id FROM ${within},
    LATERAL (SELECT m.id FROM message m WHERE ${conditions.join(" AND ")} ${limit}) m ${limit}`;
  return { text, values };
}

function newestOf(matches: Match[], count: number): string[] {
  return matches
    .map(({ id }) => id)
    .sort()
    .reverse()
    .slice(0, count);
}
