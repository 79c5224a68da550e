import { onlineManager } from "@tanstack/react-query";

const ANSWER_MS = 30_000;
const PROBE_MS = [500, 1_000, 2_000, 4_000, 8_000];

type Init = Omit<RequestInit, "signal"> & { signal?: AbortSignal | null | undefined };

let probing = false;

/**
 * fetch for the console's API. Where the server cannot be reached, reading pauses, the page says so, and everything is
 * read again once it answers. A call that gets no answer within 30 seconds fails.
 */
export async function reachingFetch(url: RequestInfo | URL, { signal, ...init }: Init = {}): Promise<Response> {
  const limit = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(url, {
      ...init,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    // What stands between says that the server is not there.
    if (response.status === 502 || response.status === 504) lost();
    return response;
  } catch (error) {
    if (!signal?.aborted) lost();
    throw error;
  }
}

/** Finds out whether the server answers, where there is a reason to doubt it. */
export async function checkReachable(): Promise<boolean> {
  const there = await answers();
  if (!there) lost();
  return there;
}

/** Whether the server answered when it was last asked. */
export function isReachable(): boolean {
  return onlineManager.isOnline();
}

/** Waits for a server that is away. */
export function untilReachable(): Promise<void> {
  if (isReachable()) return Promise.resolve();
  return new Promise((resolve) => {
    const leave = onlineManager.subscribe((online) => {
      if (!online) return;
      leave();
      resolve();
    });
  });
}

/**
 * Loads a part of the page that is fetched when it is first wanted, and has it wait for a server that is away: one that
 * failed to load would take the whole page with it, and is not asked for again.
 */
export function patient<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    for (let isLast = false; ; ) {
      try {
        return await load();
      } catch (error) {
        if (isLast) throw error;
        isLast = await checkReachable();
        await untilReachable();
      }
    }
  };
}

function lost(): void {
  onlineManager.setOnline(false);
  if (probing) return;
  probing = true;
  void probe(0).finally(() => {
    probing = false;
  });
}

async function probe(attempt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PROBE_MS[Math.min(attempt, PROBE_MS.length - 1)]));
  if (onlineManager.isOnline()) return;
  if (await answers()) onlineManager.setOnline(true);
  else await probe(attempt + 1);
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}
