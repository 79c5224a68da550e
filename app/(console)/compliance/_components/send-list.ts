import type { ImportResult, ImportStep } from "#server/domain/phone/do-not-call/import.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { DownloadError } from "../../../_lib/download.ts";

/** How far an import is: octets that were sent, then numbers that are stored. */
export type ImportProgress = { phase: "sending"; share: number } | { phase: "storing"; stored: number; of: number };

/**
 * Sends a CSV file to the do-not-call list. The server reads it as it arrives, and tells what it has stored. Ends with
 * DownloadError where it is refused or broken off; then nothing was stored. A fetch could not tell how much is sent.
 */
export function sendList(
  file: Blob,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress({ phase: "sending", share: total > 0 ? loaded / total : 1 });
    request.onprogress = () => {
      const last = request.status === 200 ? stepsIn(request.responseText).at(-1) : undefined;
      if (last && "stored" in last) onProgress({ phase: "storing", ...last });
    };
    request.onload = () => {
      if (request.status !== 200) return reject(new DownloadError(refusalIn(request.responseText)));
      const last = stepsIn(request.responseText).at(-1);
      if (last && "rows" in last) resolve(last);
      else reject(new DownloadError(CUT));
    };
    request.onerror = () => reject(new DownloadError(CUT));
    request.onabort = () => reject(new DOMException("left off", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", "/api/import/do-not-call");
    request.setRequestHeader("content-type", "text/csv");
    request.send(file);
  });
}

/** The lines that have arrived whole. */
function stepsIn(text: string): ImportStep[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const CUT: ErrorView = {
  code: "SERVICE_UNAVAILABLE",
  title: "Cut",
  detail: "The connection ended before the server said that the list is stored. Try again: a repeat changes nothing.",
  details: {},
  requestId: null,
  retryable: true,
  docs: "/docs/errors/service-unavailable",
};

function refusalIn(text: string): ErrorView {
  try {
    return (JSON.parse(text) as { error?: ErrorView }).error ?? CUT;
  } catch {
    return CUT;
  }
}
