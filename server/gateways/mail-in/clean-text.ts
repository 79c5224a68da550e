// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const CONTROLS_EXCEPT_LAYOUT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g;

/** One line of text from outside: control characters become spaces, lone surrogates U+FFFD, at most `maxChars` long. */
export function cleanLine(value: string, maxChars = 10_000): string {
  return cut(value, maxChars).replace(CONTROLS, " ").trim().toWellFormed();
}

/** A text body from outside: line endings become LF, other control characters except tab are dropped. */
export function cleanText(value: string, maxChars: number): string {
  return cut(value, maxChars).replace(/\r\n?/g, "\n").replace(CONTROLS_EXCEPT_LAYOUT, "").toWellFormed();
}

function cut(value: string, maxChars: number): string {
  if (value.length <= maxChars) return value;
  const last = value.charCodeAt(maxChars - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return value.slice(0, splitsPair ? maxChars - 1 : maxChars);
}
