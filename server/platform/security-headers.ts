/**
 * The policy of a page: scripts run only where they carry this answer's nonce, or were loaded by one that does. The
 * address of a script alone is not enough ('strict-dynamic'), since attachments are files of this origin too.
 *
 * @param isDevelopment allows what the development server needs: eval, its own styles, its web socket
 */
export function pagePolicy(nonce: string, isDevelopment: boolean): string {
  const directives = {
    "default-src": "'self'",
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src": isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    // React's style prop becomes an attribute in the server's HTML. It can place things, but load nothing.
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": isDevelopment ? "'self' ws:" : "'self'",
    "frame-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

/** The policy of what is no page: were it ever shown as one, nothing in it would run, load or be framed. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

const YEAR_SECONDS = 365 * 24 * 3_600;

/** What answers that are no pages carry, unless they say it more precisely themselves. */
export const DATA_HEADERS = {
  "content-security-policy": DATA_POLICY,
  "x-content-type-options": "nosniff",
};

/** Browsers keep to HTTPS for a year once they have seen it; a server that is reached by HTTP says nothing. */
export function transportHeaders(publicUrl: string): Record<string, string> {
  return publicUrl.startsWith("https:") ? { "strict-transport-security": `max-age=${YEAR_SECONDS}` } : {};
}
