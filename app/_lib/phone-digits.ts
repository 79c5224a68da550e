// With its area, and without its country where that is one of North America.
const WHOLE_NUMBER = 10;

/** The digits of a text that may be part of a telephone number; null where it is none, or too short to be one. */
export function phoneDigits(text: string): string | null {
  const digits = text.replaceAll(/[\s().+-]/g, "");
  return /^\d{3,15}$/.test(digits) ? digits : null;
}

/** Whether a text can be a whole telephone number. The server says whether it is one. */
export function isWholeNumber(text: string): boolean {
  return (phoneDigits(text)?.length ?? 0) >= WHOLE_NUMBER;
}
