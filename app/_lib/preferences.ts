const YEAR_SECONDS = 365 * 24 * 3_600;

/** Keeps how this browser likes its pages in a cookie, so that the server draws them so; null forgets it. */
export function setPreference(name: string, value: string | null): void {
  const age = value === null ? 0 : YEAR_SECONDS;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that are still in use
  document.cookie = `${name}=${encodeURIComponent(value ?? "")}; Path=/; Max-Age=${age}; SameSite=Lax`;
}
