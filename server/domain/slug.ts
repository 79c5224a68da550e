/** A slug (lower-case letters, digits, single hyphens; 2-64) made of a name. */
export function slugFrom(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-+|-+$/g, "");
  return slug.length >= 2 ? slug : `x-${slug || "0"}`;
}
