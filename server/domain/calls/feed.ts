import type { Listener } from "#server/platform/listener.ts";
import { FRAMES_CHANNEL } from "./frames.ts";

export type Stirred = { orgId: string; agentId: string; callId: string; seq: number };
type Follower = { orgId: string; agentId: string | undefined; onFrame(stirred: Stirred): void; onGap(): void };

/**
 * Wakes whoever follows the calls of an organisation or agent when one has a new frame. The notification is only a
 * wake-up: frames are read by number, so that one that was lost costs time, never a frame.
 */
export class CallFeed {
  readonly #followers = new Map<string, Set<Follower>>();

  constructor(listener: Listener) {
    listener.on(FRAMES_CHANNEL, (payload) => this.#tell(JSON.parse(payload) as Stirred));
    listener.onReconnect(() => {
      for (const followers of this.#followers.values()) for (const follower of followers) follower.onGap();
    });
  }

  /** @returns ends it */
  follow(follower: Follower): () => void {
    const followers = this.#followers.get(follower.orgId) ?? new Set();
    followers.add(follower);
    this.#followers.set(follower.orgId, followers);
    return () => {
      followers.delete(follower);
      if (followers.size === 0 && this.#followers.get(follower.orgId) === followers) {
        this.#followers.delete(follower.orgId);
      }
    };
  }

  #tell(stirred: Stirred): void {
    for (const follower of this.#followers.get(stirred.orgId) ?? []) {
      if (follower.agentId === undefined || follower.agentId === stirred.agentId) follower.onFrame(stirred);
    }
  }
}
