import type { ErrorView } from "#server/trpc/errors.ts";
import { RecordCounter } from "./count-records.ts";

const PART_BYTES = 8 * 1024 * 1024;
const TAIL_BYTES = 512;
const REVOKE_MS = 60_000;

export type Download = {
  path: string;
  body: object;
  format: "csv" | "jsonl";
  /** How the file is called. */
  name: string;
};

export type Progress = {
  /** Without the first line of a CSV file and the last of either. */
  records: number;
  /** From 0 to 1, by the numbers of the log or the count of all records; null where neither is known. */
  share: number | null;
};

/** What the console shows of a download that did not end well. */
export class DownloadError extends Error {
  readonly view: ErrorView;
  constructor(view: ErrorView) {
    super(view.detail);
    this.view = view;
  }
}

/**
 * Fetches a file that the server writes while it is read, and hands it to the browser once it is whole: a file that was
 * cut is never saved. It is kept in pieces that browsers put on disk (Chromium) or hold outside of the page's memory, so
 * a million records (some 500 MB) work in all of them, as showSaveFilePicker does not.
 *
 * @returns how many records it has
 */
export async function download(
  { path, body, format, name }: Download,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<number> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || !response.body) throw new DownloadError(await refusalOf(response));
  const total = Number(response.headers.get("x-record-count") ?? 0);
  const range = /^(\d+)-(\d+)$/.exec(response.headers.get("x-log-range") ?? "");
  const counter = new RecordCounter(format);
  const parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let tail = new Uint8Array(0);
  const aside = format === "csv" ? 1 : 0;
  let first: number | null = null;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    counter.push(value);
    chunks.push(value);
    bytes += value.length;
    tail = concat(tail, value).slice(-TAIL_BYTES);
    if (bytes >= PART_BYTES) {
      parts.push(new Blob(chunks));
      chunks = [];
      bytes = 0;
    }
    first ??= counter.number;
    const records = Math.max(0, counter.records - aside);
    const share = total > 0 ? Math.min(1, records / total) : shareOf(range, first, counter.number);
    onProgress({ records, share });
  }
  if (!isWhole(new TextDecoder().decode(tail))) throw new DownloadError(CUT);
  save(new Blob([...parts, ...chunks], { type: response.headers.get("content-type") ?? "" }), name);
  return counter.records - aside - 1;
}

/** How much of the log has been gone through, in whichever direction. */
function shareOf(range: RegExpExecArray | null, first: number | null, number: number | null): number | null {
  if (!range || first === null || number === null) return null;
  const [low, high] = [Number(range[1]), Number(range[2])];
  const isDescending = first - low > high - first;
  const gone = isDescending ? high - number : number - low + 1;
  return high > low ? Math.min(1, Math.max(0, gone / (high - low))) : 1;
}

/** Whether a file ends with the line that says so. */
function isWhole(tail: string): boolean {
  const last = tail.trimEnd().split("\n").at(-1) ?? "";
  return last.startsWith('{"complete":true,') || last.startsWith("# complete: ");
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

const CUT: ErrorView = {
  code: "SERVICE_UNAVAILABLE",
  title: "Cut",
  detail: "The file was cut before its end, so it was not saved. Try again.",
  details: {},
  requestId: null,
  retryable: true,
  docs: "/docs/errors/service-unavailable",
};

async function refusalOf(response: Response): Promise<ErrorView> {
  const answer: unknown = await response.json().catch(() => null);
  return (answer as { error?: ErrorView } | null)?.error ?? CUT;
}
