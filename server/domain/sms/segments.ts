/** GSM 03.38: the alphabet of 7-bit texts, and what costs two characters of it. */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";

const BASIC_SET = new Set(BASIC);
const EXTENDED_SET = new Set(EXTENDED);

export type Segments = {
  encoding: "GSM-7" | "UCS-2";
  segments: number;
  /** In units of the encoding: an extended character of GSM-7 and an emoji are two. */
  length: number;
  /** How many units still fit into the last segment. */
  left: number;
};

/**
 * How many texts a body is to a carrier, which bills each: 160 characters of GSM-7 or 70 of UCS-2 in one, 153 or 67 in
 * each of several, since those carry a header. A character of two units is never cut in half. An empty body (with media)
 * is one.
 */
export function countSegments(body: string): Segments {
  const characters = Array.from(body);
  const isGsm = characters.every((character) => BASIC_SET.has(character) || EXTENDED_SET.has(character));
  const widths = characters.map((character) => (isGsm ? (EXTENDED_SET.has(character) ? 2 : 1) : character.length));
  const length = widths.reduce((sum, width) => sum + width, 0);
  const encoding = isGsm ? "GSM-7" : "UCS-2";
  const [single, each] = isGsm ? [160, 153] : [70, 67];
  if (length <= single) return { encoding, segments: 1, length, left: single - length };
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > each) {
      segments++;
      used = 0;
    }
    used += width;
  }
  return { encoding, segments, length, left: each - used };
}
