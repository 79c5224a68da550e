import type { IncomingMessage } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import type { CarrierSink } from "#server/domain/phone/carrier.ts";
import type { CarrierNews } from "#server/domain/phone/news.ts";
import type { Clock } from "#server/platform/clock.ts";
import { newId } from "#server/platform/ids.ts";
import type { Peers } from "#server/platform/peers.ts";
import { refuseUpgrade, type SocketRoute } from "#server/platform/socket-route.ts";

const MAX_FRAME_BYTES = 64 * 1024;
const PING_MS = 15_000;
const TRIES = 5;
const BETWEEN_TRIES_MS = 200;
/** A notification holds 8,000 bytes, and JSON may write one letter with six. */
const MAX_TOKEN_LENGTH = 1_000;

/** What ConversationRelay sends. What is not known is left alone. */
const Frame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("setup"), callSid: z.string() }),
  z.object({ type: z.literal("prompt"), voicePrompt: z.string(), last: z.boolean().default(true) }),
  z.object({ type: z.literal("interrupt"), utteranceUntilInterrupt: z.string() }),
  z.object({ type: z.literal("dtmf"), digit: z.string() }),
  z.object({ type: z.literal("info"), name: z.string(), value: z.string().optional() }),
  z.object({ type: z.literal("error"), description: z.string() }),
]);

/** What we send, and which turn it belongs to. */
export type Order =
  | { type: "text"; token: string; last: boolean; turnId: string }
  | { type: "sendDigits"; digits: string };

type Turn = { turnId: string; text: string; closed: boolean };
type Session = {
  socket: WebSocket;
  token: string | null;
  carrierId: string;
  turns: Turn[];
  heard: { turnId: string } | null;
};

/**
 * Twilio's ends of the conversations: it connects to whichever process it reaches, and what is to be said goes to that
 * one from any other.
 */
export class Relay implements SocketRoute {
  readonly path = "/v1/carriers/twilio/relay";
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  readonly #sessions = new Map<string, Session>();
  readonly #isSigned: (request: IncomingMessage) => boolean;
  readonly #peers: Peers;
  readonly #news: CarrierSink;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #ping: NodeJS.Timeout;

  constructor(parts: {
    isSigned: (request: IncomingMessage) => boolean;
    peers: Peers;
    news: CarrierSink;
    clock: Clock;
    report: (error: unknown) => void;
  }) {
    this.#isSigned = parts.isSigned;
    this.#peers = parts.peers;
    this.#news = parts.news;
    this.#clock = parts.clock;
    this.#report = parts.report;
    this.#peers.onAsked(async (carrierId, order) => this.#write(carrierId, order as Order));
    this.#ping = setInterval(() => {
      for (const { socket } of this.#sessions.values()) socket.ping();
    }, PING_MS).unref();
  }

  upgrade: SocketRoute["upgrade"] = (request, socket, head) => {
    if (!this.#isSigned(request)) return refuseUpgrade(socket, "403 Forbidden");
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const token = new URL(request.url ?? "/", "http://localhost").searchParams.get("token");
      this.#serve({ socket: ws, token, carrierId: "", turns: [], heard: null });
    });
  };

  /** Says something in a call. @returns false where no process is connected with it */
  async send(carrierId: string, order: Order): Promise<boolean> {
    for (const part of partsOf(order)) {
      if (!this.#write(carrierId, part) && !(await this.#peers.ask(carrierId, part))) return false;
    }
    return true;
  }

  close(): void {
    clearInterval(this.#ping);
    for (const { socket } of this.#sessions.values()) socket.close(1001);
    this.#server.close();
  }

  #write(carrierId: string, order: Order): boolean {
    const session = this.#sessions.get(carrierId);
    if (session?.socket.readyState !== WebSocket.OPEN) return false;
    if (order.type !== "text") {
      session.socket.send(JSON.stringify(order));
      return true;
    }
    const { turnId, ...frame } = order;
    const current = session.turns.find((turn) => turn.turnId === turnId && !turn.closed);
    const turn = current ?? { turnId, text: "", closed: false };
    if (!current) session.turns.push(turn);
    turn.text += frame.token;
    turn.closed = frame.last;
    session.socket.send(JSON.stringify(frame));
    return true;
  }

  /** One frame after the other: while one is being told, nothing more is read. */
  #serve(session: Session): void {
    const { socket } = session;
    let told = Promise.resolve();
    socket.on("message", (data) => {
      socket.pause();
      told = told
        .then(() => this.#read(session, String(data)))
        .catch(this.#report)
        .finally(() => socket.resume());
    });
    socket.on("error", this.#report);
    socket.on("close", () => {
      if (this.#sessions.get(session.carrierId) === session) this.#sessions.delete(session.carrierId);
    });
  }

  async #read(session: Session, text: string): Promise<void> {
    const parsed = Frame.safeParse(parse(text));
    if (!parsed.success) return;
    const frame = parsed.data;
    if (frame.type === "setup") {
      session.carrierId = frame.callSid;
      this.#sessions.get(frame.callSid)?.socket.close(1000);
      this.#sessions.set(frame.callSid, session);
      return;
    }
    if (frame.type === "error") return this.#report(new Error("ConversationRelay refused a frame"));
    const content = this.#contentOf(session, frame);
    if (content === null || session.carrierId === "") return;
    const { carrierId, token } = session;
    await this.#tell({
      id: `${carrierId}-${newId()}`,
      at: this.#clock.now(),
      carrierId,
      token,
      ...content,
    } as CarrierNews);
  }

  #contentOf(session: Session, frame: Exclude<z.output<typeof Frame>, { type: "setup" | "error" }>) {
    switch (frame.type) {
      case "prompt": {
        session.heard ??= { turnId: newId() };
        const { turnId } = session.heard;
        if (frame.last) session.heard = null;
        return { kind: "heard" as const, text: frame.voicePrompt, isFinal: frame.last, confidence: null, turnId };
      }
      case "interrupt":
        session.turns.length = 0;
        return { kind: "interrupted" as const, spokenUntil: frame.utteranceUntilInterrupt, heard: "" };
      case "dtmf":
        return { kind: "digits" as const, digits: frame.digit };
      case "info": {
        const spoken = frame.name === "agentSpeaking" && frame.value === "off";
        // Silence within a turn, while its next words are awaited, is not its end.
        if (!spoken || session.turns[0]?.closed === false) return null;
        const turn = session.turns.shift();
        return { kind: "speak_ended" as const, turnId: turn?.turnId ?? null, text: turn?.text ?? null };
      }
    }
  }

  /** Twilio says nothing twice here, so it is tried again by ourselves. */
  async #tell(news: CarrierNews): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#news([news]);
      } catch (error) {
        if (attempt === TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS * attempt));
      }
    }
  }
}

function partsOf(order: Order): Order[] {
  if (order.type !== "text" || order.token.length <= MAX_TOKEN_LENGTH) return [order];
  const tokens = order.token.match(new RegExp(`[\\s\\S]{1,${MAX_TOKEN_LENGTH}}`, "gu")) ?? [];
  return tokens.map((token, index) => ({ ...order, token, last: order.last && index === tokens.length - 1 }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
