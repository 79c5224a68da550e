// Crockford's base 32, as ULIDs are written.
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** How much of an id names a stretch of time, from the longest (12 days) to the shortest (17 minutes): message_places. */
const LENGTHS = [4, 5, 6] as const;

/** The longest stretches of time that hold all ids from `oldest` up to and with `newest`: newest first. */
export function stretchesBetween(newest: string, oldest: string): string[] {
  const [length] = LENGTHS;
  const [first, last] = [numberOf(newest.slice(0, length)), numberOf(oldest.slice(0, length))];
  return Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => textOf(first - index, length));
}

/**
 * The stretches of time that hold all ids from `oldest` up to, not with, `before`: newest first, none twice, few. Only the
 * first of them may hold newer ones, and it is one of the shortest.
 */
export function stretchesBefore(before: string, oldest: string): string[] {
  const [coarse, ...finer] = LENGTHS;
  const partial = finer
    .toReversed()
    .flatMap((length) => siblingsBefore(before.slice(0, length)))
    .filter((stretch) => stretch >= oldest.slice(0, stretch.length));
  const [, ...whole] = stretchesBetween(before, oldest);
  return [before.slice(0, LENGTHS[2]), ...partial, ...whole.filter((stretch) => stretch < before.slice(0, coarse))];
}

/** The parts of a stretch, newest first; null for one of the shortest. */
export function partsOf(stretch: string): string[] | null {
  if (stretch.length === LENGTHS[2]) return null;
  return [...DIGITS].toReversed().map((digit) => stretch + digit);
}

function siblingsBefore(stretch: string): string[] {
  const own = stretch.slice(-1);
  return [...DIGITS.slice(0, DIGITS.indexOf(own))].toReversed().map((digit) => stretch.slice(0, -1) + digit);
}

function numberOf(text: string): number {
  return [...text].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
}

function textOf(number: number, length: number): string {
  return Array.from({ length }, (_, index) => DIGITS[Math.floor(number / 32 ** (length - 1 - index)) % 32]).join("");
}
