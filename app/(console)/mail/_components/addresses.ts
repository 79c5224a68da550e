/**
 * The addresses that somebody typed into one field: `a@b.c, "Last, First" <d@e.f>; g@h.i`. A comma or semicolon inside
 * quotes belongs to the name. Whether each is an address, the server says.
 */
export function splitAddresses(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"?|[^",;\n])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
