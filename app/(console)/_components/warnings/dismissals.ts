import type { Warned } from "#server/domain/billing/warned.ts";

/** Holds which warnings this browser does not want to see again, by key. */
export const DISMISSED_COOKIE = "anima_dismissed";
// A cookie is short, and those of periods that are over do not matter any more.
const MOST = 24;

export type Shown = { warned: Warned; level: number; key: string };

/** The warnings that hold at this moment, each with the highest threshold that it is above. */
export function shownWarnings(items: readonly Warned[]): Shown[] {
  return items.flatMap((warned) => {
    const { agentId, meter, period, startsOn, passed, percent } = warned;
    const level = passed.findLast(({ threshold }) => percent !== null && threshold <= percent)?.threshold;
    if (level === undefined) return [];
    return [{ warned, level, key: [agentId ?? "", meter, period, startsOn, level].join("/") }];
  });
}

/** Above this it is shown on every page; below only where one looks at money. */
const URGENT = 95;
const MONEY_PAGES = /^\/(overview|billing|caps)(\/|$)/;

export function belongsTo({ level }: Shown, path: string): boolean {
  return level >= URGENT || MONEY_PAGES.test(path);
}

export function readDismissed(cookie: string | undefined): string[] {
  return cookie ? cookie.split(",").filter(Boolean) : [];
}

export function withDismissed(keys: readonly string[], key: string): string[] {
  return [...keys.filter((each) => each !== key), key].slice(-MOST);
}
