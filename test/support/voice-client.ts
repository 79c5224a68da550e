import { WebSocket } from "ws";

export type VoiceFrame = { type: string; callId?: string; seq?: number; data: Record<string, unknown> } & Record<
  string,
  unknown
>;

export type VoiceClient = {
  /** Everything that came so far, in its order. */
  frames: VoiceFrame[];
  /** Settles with the code when the connection has ended. */
  closed: Promise<number>;
  /** A frame, or a text that is none. */
  send(frame: object | string): void;
  /** Reads nothing more, until it resumes. */
  pause(): void;
  resume(): void;
  /** The first frame that fits, also one that came before the call. */
  waitFor(fits: (frame: VoiceFrame) => boolean, timeoutMs?: number): Promise<VoiceFrame>;
  close(): void;
};

/** A client of /ws/voice. Resolves when the connection is open. */
export async function openVoice(url: string, query: Record<string, string>): Promise<VoiceClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws/voice?${new URLSearchParams(query)}`);
  const frames: VoiceFrame[] = [];
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const waiting = new Set<{ fits: (frame: VoiceFrame) => boolean; resolve: (frame: VoiceFrame) => void }>();
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as VoiceFrame;
    frames.push(frame);
    for (const { fits, resolve } of waiting) if (fits(frame)) resolve(frame);
  });
  socket.on("error", () => {});
  await Promise.race([new Promise((resolve) => socket.once("open", resolve)), closed]);
  return {
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    waitFor(fits, timeoutMs = 30_000) {
      const found = frames.find(fits);
      if (found) return Promise.resolve(found);
      const { promise, resolve, reject } = Promise.withResolvers<VoiceFrame>();
      const waiter = { fits, resolve };
      waiting.add(waiter);
      const types = () => frames.map(({ type }) => type).join(", ") || "none";
      const tooLate = () => reject(new Error(`No such frame came; there were: ${types()}`));
      const timer = setTimeout(tooLate, timeoutMs);
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(waiter);
      });
    },
    close: () => socket.terminate(),
  };
}

/** Finds frames by their type. */
export const typed = (type: string) => (frame: VoiceFrame) => frame.type === type;
