import { Parser } from "htmlparser2";
import { tameCss } from "./tame-css.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** What may stand in the result. Everything else is left out, with what is in it where DROPPED names it. */
const ALLOWED = words(
  `a abbr address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del details
  dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s
  samp section small span strike strong style sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr`,
);
const DROPPED = words(
  `script iframe frameset frame object embed applet svg math template title textarea select audio video canvas noembed
  noframes xmp plaintext`,
);
const VOID = words("br col hr img wbr");
const ATTRIBUTES = words(
  `abbr align alt aria-hidden aria-label bgcolor border cellpadding cellspacing char cite class clear color colspan
  dir face headers height id lang media nowrap reversed role rowspan scope size span start style summary title type valign
  value width`,
);

// Browsers go no deeper either; the parser's time grows with the square of the depth.
const MAX_DEPTH = 500;

type Options = {
  /** Whether images on other servers stay. */
  withRemoteImages: boolean;
  /** What stands for `cid:` images: their Content-ID and a data URL. */
  inlineImages: ReadonlyMap<string, string>;
};

/**
 * The HTML of a stranger's mail, written anew from an allow-list: no script, no form, no frame, no handler, nothing
 * that is fetched by itself (unless remote images are asked for), links that only lead to the web or a mail program.
 *
 * What is nested more than MAX_DEPTH deep is cut off with all that follows.
 *
 * The sandbox and the Content-Security-Policy it is shown under hold by themselves; this is the wall behind them.
 */
export function sanitiseHtml(html: string, options: Options): string {
  const out: string[] = [];
  let depth = 0;
  // How many elements deep we are inside one that is dropped with all that is in it.
  let dropped = 0;
  // The style sheet that is being read; its pieces are tamed as one.
  let sheet: string[] | null = null;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > MAX_DEPTH) parser.pause();
      else if (dropped > 0 || DROPPED.has(name)) dropped++;
      else if (ALLOWED.has(name)) {
        if (name === "style") sheet = [];
        out.push(`<${name}${writeAttributes(name, attributes, options)}>`);
      }
    },
    ontext(text) {
      if (dropped > 0) return;
      if (sheet) sheet.push(text);
      else out.push(escapeHtml(text));
    },
    onclosetag(name) {
      depth--;
      if (dropped > 0) {
        dropped--;
        return;
      }
      if (sheet) out.push(tameCss(sheet.join(""), options.withRemoteImages));
      sheet = null;
      // A closing </body> would not end it: what follows is still read.
      if (ALLOWED.has(name) && !VOID.has(name) && name !== "body") out.push(`</${name}>`);
    },
  });
  parser.end(html);
  return out.join("");
}

/** Whether the HTML seems to name images on other servers. A guess, to offer a button: what is fetched, CSP decides. */
export function refersToRemote(html: string): boolean {
  return /(?:\b(?:src|background)\s*=|url\()["'\s]*(?:https?:)?\/\//i.test(html);
}

function writeAttributes(tag: string, attributes: Record<string, string>, options: Options): string {
  const kept = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    if (name === "style") return [[name, tameCss(value, options.withRemoteImages)]];
    if (ATTRIBUTES.has(name)) return [[name, value]];
    if (name === "background" && options.withRemoteImages) return urlAttribute(name, webUrl(value, WEB));
    if (tag === "img" && name === "src") return urlAttribute(name, imageUrl(value, options));
    if (tag === "a" && name === "href") return link(value);
    return [];
  });
  return kept.map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join("");
}

function urlAttribute(name: string, url: string | null): [string, string][] {
  return url === null ? [] : [[name, url]];
}

const WEB = ["http:", "https:"];
const LINKS = [...WEB, "mailto:", "tel:"];

/** A link opens beside the console and tells nobody where it was clicked. One of another kind does nothing. */
function link(href: string): [string, string][] {
  if (/^#[\w.:-]+$/.test(href)) return [["href", href]];
  const url = webUrl(href, LINKS);
  if (url === null) return [];
  return [
    ["href", url],
    ["target", "_blank"],
    ["rel", "noopener noreferrer"],
    ["referrerpolicy", "no-referrer"],
  ];
}

const DATA_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/=\s]*$/i;

function imageUrl(src: string, { withRemoteImages, inlineImages }: Options): string | null {
  const text = src.trim();
  if (/^cid:/i.test(text)) return inlineImages.get(contentIdOf(text)) ?? null;
  if (DATA_IMAGE.test(text)) return text;
  return withRemoteImages ? webUrl(text, WEB) : null;
}

/** The Content-ID that a `cid:` address names (RFC 2392: percent-encoded). */
export function contentIdOf(cid: string): string {
  const text = cid.replace(/^cid:/i, "");
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: then it stands for itself.
    return text;
  }
}

/** The address as a browser reads it (it skips control characters and spaces); null unless it is absolute and of these schemes. */
function webUrl(text: string, schemes: readonly string[]): string | null {
  const absolute = text.trim().startsWith("//") ? `https:${text.trim()}` : text;
  const url = URL.parse(absolute);
  return url && schemes.includes(url.protocol) ? url.href : null;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
