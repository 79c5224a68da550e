const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How far an instant is from now: `just now`, `20 s ago`, `3 min ago`, `5 h ago`, `2 d ago`, `in 3 d`; null from a week
 * on, where a date says more. Seconds go by tens, so that a page does not flicker.
 */
export function relativeTime(at: number, now: number): string | null {
  const distance = Math.abs(now - at);
  const say = (size: number, unit: string, step = 1) => {
    const count = Math.floor(distance / size / step) * step;
    return now >= at ? `${count} ${unit} ago` : `in ${count} ${unit}`;
  };
  if (distance < 10 * SECOND) return "just now";
  if (distance < MINUTE) return say(SECOND, "s", 10);
  if (distance < HOUR) return say(MINUTE, "min");
  if (distance < DAY) return say(HOUR, "h");
  if (distance < 7 * DAY) return say(DAY, "d");
  return null;
}
