import autocannon from "autocannon";

export type Target = {
  url: string;
  method?: "GET" | "POST";
  requests?: { headers?: Record<string, string>; body?: string }[];
  headers?: Record<string, string>;
};

const CONNECTIONS = 32;

/** Requests per second that a target answers with 2xx, from 32 connections. Throws when it answers anything else. */
export async function ratePerSecond(target: Target, seconds: number): Promise<number> {
  const { requests = [] } = target;
  let client = 0;
  const result = await autocannon({
    url: target.url,
    connections: CONNECTIONS,
    duration: seconds,
    method: target.method ?? "GET",
    headers: { "content-type": "application/json", ...target.headers },
    // Each connection begins with another sender: else all would send for the same one at the same moment.
    setupClient: (connection) => {
      if (requests.length === 0) return;
      const first = Math.floor((client++ * requests.length) / CONNECTIONS);
      connection.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${target.url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return result["2xx"] / result.duration;
}

/** The middle of what was measured; of an even number the upper one. */
export function median(values: number[]): number {
  return percentile(values, 0.5);
}

/** The value that the given fraction (0 to 1) of what was measured stays below. NaN of nothing. */
export function percentile(values: number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
