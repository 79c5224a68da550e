import type { CallFeed } from "./feed.ts";

// A call says several things a second; whoever looks at it reads all of them at once.
const GATHER_MS = 250;

/** Tells which calls of an organisation have something new, at most four times a second. @returns ends it */
export function gatherStirs(feed: CallFeed, orgId: string, tell: (callIds: string[]) => void): () => void {
  const stirred = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    tell([...stirred]);
    stirred.clear();
  };
  const unfollow = feed.follow({
    orgId,
    agentId: undefined,
    onFrame({ callId }) {
      stirred.add(callId);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    // What is lost costs time only: the next frame of a call has all of it read.
    onGap() {},
  });
  return () => {
    clearTimeout(timer);
    unfollow();
  };
}
