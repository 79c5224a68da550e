/**
 * Whether a request was made by a page of ours. Browsers say so in Sec-Fetch-Site where the origin is secure or
 * localhost, and in Origin everywhere; what sends neither is no browser that could be misled, but no console either.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === headers.get("host");
}
