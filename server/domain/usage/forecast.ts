const DAY_MS = 86_400_000;

export type Forecast = { quantity: number; perDay: number; since: string };

/**
 * What will have been used by the end of a period if it goes on as it has since its beginning, or since `born` if that
 * was later: the rate so far, over the time that is left. Null before a whole day has passed, and after the end.
 *
 * @param used what was used until now
 */
export function forecastUsage(
  used: number,
  now: Date,
  { start, end, born }: { start: Date; end: Date; born: Date },
): Forecast | null {
  const since = new Date(Math.max(start.getTime(), born.getTime()));
  const passed = (now.getTime() - since.getTime()) / DAY_MS;
  const left = (end.getTime() - now.getTime()) / DAY_MS;
  if (passed < 1 || left <= 0) return null;
  const perDay = used / passed;
  return { quantity: Math.round(used + perDay * left), perDay, since: since.toISOString() };
}
