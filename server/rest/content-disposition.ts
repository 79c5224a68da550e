// What could make a name mean another file, or look like another one: separators, controls, marks that turn the
// direction of writing (invoice-fdp.exe would show as invoice-exe.pdf).
const UNSAFE = /[\p{Cc}/\\:\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * `Content-Disposition: attachment` with a name (RFC 6266): once in ASCII for old readers, once in UTF-8 (RFC 8187).
 * A name that came with a mail can be anything; what leaves here is one plain file name.
 */
export function contentDisposition(filename: string): string {
  const name = filename.toWellFormed().replace(UNSAFE, "_").replace(/^\.+/, "_").trim() || "attachment";
  const ascii = name.replace(/[^\x20-\x7e]|["%]/gu, "_");
  // RFC 8187 section 3.2.1: attr-char leaves out what encodeURIComponent keeps of '()*.
  const utf8 = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
