import { WebSocket } from "ws";
import type { Stirred } from "#server/domain/calls/feed.ts";
import { type Frame, readFrames, type StoredFrame } from "#server/domain/calls/frames.ts";
import { OPEN_STATES } from "#server/domain/calls/schemas.ts";
import { BAD_KEY, FAILED, MAX_PENDING, PING_MS, PONG_MS, UNATTENDED_S } from "#server/domain/calls/socket-limits.ts";
import type { Context, KeyHolder } from "#server/domain/context.ts";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import { newId } from "#server/platform/ids.ts";
import { refusalOf, takeRequest } from "#server/rest/middleware/limits.ts";
import { toDomainError } from "#server/rest/problem.ts";
import { parseStrictJson } from "#server/rest/strict-json.ts";
import type { Runtime } from "#server/runtime.ts";
import { type Held, obey } from "./obey.ts";

/** So much may wait in a socket before nothing more is read for it. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const DRAIN_CHECK_MS = 20;
const ATTEND_MS = 10_000;

export type Opened = {
  principal: KeyHolder;
  address: string;
  /** Whose calls it follows; undefined: those of all agents. */
  agentId: string | undefined;
  resume: { callId: string; after: number } | null;
  /** The holder as they are now; null where the key is not good any more. */
  mayStill: () => Promise<KeyHolder | null>;
};

/**
 * One connection: the frames of the calls that it follows go out in their order, each once, read from the database as fast
 * as the client takes them; what the client asks for is done in its order for each call.
 */
export class VoiceSession {
  readonly #runtime: Runtime;
  readonly #socket: WebSocket;
  readonly #opened: Opened;
  /** The number of the last frame of each call that was sent. */
  readonly #seen = new Map<string, number>();
  /** Calls that may have frames to send. */
  readonly #stirred = new Set<string>();
  /** Calls to be told from their beginning. */
  readonly #again = new Set<string>();
  /** Calls whose conversation this connection holds. */
  readonly #attended = new Set<string>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #pending = 0;
  #unread = false;
  #sending = false;
  #ready = false;
  #unfollow = () => {};
  #pong: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime, socket: WebSocket, opened: Opened) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#opened = opened;
  }

  async start(): Promise<void> {
    const { orgId } = this.#opened.principal;
    const socket = this.#socket;
    this.#unfollow = this.#runtime.callFeed.follow({
      orgId,
      agentId: this.#opened.agentId,
      onFrame: (stirred) => this.#onFrame(stirred),
      onGap: () => void this.#findCalls().catch(this.#report),
    });
    socket.on("close", () => this.#close());
    socket.on("message", (data) => this.#receive(data as Buffer));
    socket.on("pong", () => clearTimeout(this.#pong));
    socket.resume();
    this.#timers.push(
      setInterval(() => this.#ping(), PING_MS),
      setInterval(() => this.#attend(), ATTEND_MS),
    );
    await this.#greet();
  }

  end(code: number): void {
    this.#socket.close(code);
  }

  /** Names the calls that run, and goes on with each from here, or from where the client says that it was. */
  async #greet(): Promise<void> {
    const { resume } = this.#opened;
    for (const call of await this.#openCalls()) {
      this.#send({ type: "call.reconnected", callId: call.id, state: call.state, seq: call.frames });
      // Who held the conversation comes back to it.
      if (call.attendedUntil !== null) this.#attended.add(call.id);
      // Who calls and waits is told from the beginning: without `call.incoming` nobody knows whom to accept.
      this.#seen.set(call.id, call.direction === "INBOUND" && call.state === "ringing" ? 0 : call.frames);
    }
    if (resume && (await this.#isOurs(resume.callId))) this.#seen.set(resume.callId, resume.after);
    this.#ready = true;
    this.#attend();
    for (const callId of this.#seen.keys()) this.#stirred.add(callId);
    this.#flow();
  }

  async #openCalls() {
    const { principal, agentId } = this.#opened;
    return this.#runtime.db.prisma.call.findMany({
      where: {
        orgId: principal.orgId,
        state: { in: [...OPEN_STATES] },
        ...(agentId === undefined ? {} : { agentId }),
      },
      select: { id: true, direction: true, state: true, frames: true, attendedUntil: true },
      orderBy: { id: "asc" },
    });
  }

  async #isOurs(callId: string): Promise<boolean> {
    const { principal, agentId } = this.#opened;
    const call = await this.#runtime.db.prisma.call.findUnique({
      where: { orgId_id: { orgId: principal.orgId, id: callId } },
      select: { agentId: true },
    });
    return call !== null && (agentId === undefined || call.agentId === agentId);
  }

  /** Notifications may be lost: what runs is asked for. */
  async #findCalls(): Promise<void> {
    for (const { id } of await this.#openCalls()) this.#stirred.add(id);
    for (const callId of this.#seen.keys()) this.#stirred.add(callId);
    this.#flow();
  }

  #onFrame({ callId, seq }: Stirred): void {
    if ((this.#seen.get(callId) ?? 0) >= seq) return;
    this.#stirred.add(callId);
    this.#flow();
  }

  #flow(): void {
    if (this.#sending || !this.#ready) return;
    this.#sending = true;
    this.#sendFrames()
      .catch((error) => {
        this.#report(error);
        this.#socket.close(FAILED);
      })
      .finally(() => {
        this.#sending = false;
        if (this.#stirred.size > 0 && this.#socket.readyState === WebSocket.OPEN) this.#flow();
      });
  }

  async #sendFrames(): Promise<void> {
    const { orgId } = this.#opened.principal;
    for (const callId of this.#stirred) {
      this.#stirred.delete(callId);
      if (this.#again.delete(callId)) this.#seen.set(callId, 0);
      await this.#drained();
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      const frames = await readFrames(this.#runtime.db.pool, orgId, callId, this.#seen.get(callId) ?? 0);
      if (frames.length === 0) continue;
      if (!(await this.#opened.mayStill())) return this.#socket.close(BAD_KEY);
      for (const frame of frames) this.#sendStored(frame);
      this.#seen.set(callId, (frames.at(-1) as StoredFrame).seq);
      if (frames.some(({ frame }) => frame.type === "call.ended")) this.#forget(callId);
      // Another batch may wait.
      else this.#stirred.add(callId);
    }
  }

  /** A call that has ended has no more frames. Its number stays for a moment, for notifications that come late. */
  #forget(callId: string): void {
    this.#attended.delete(callId);
    const timer = setTimeout(() => this.#seen.delete(callId), PING_MS);
    timer.unref();
  }

  async #drained(): Promise<void> {
    while (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES && this.#socket.readyState === WebSocket.OPEN) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_CHECK_MS));
    }
  }

  #sendStored({ seq, frame, at }: StoredFrame): void {
    this.#send({ ...frame, seq }, at);
  }

  /** Flat, and the same under `data`: one kind of client reads the one, the other the other. */
  #send({ type, ...fields }: Frame, at: Date = this.#runtime.clock.now()): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ type, ...fields, timestamp: at.toISOString(), data: fields }));
  }

  #receive(bytes: Buffer): void {
    const message = readMessage(String(bytes));
    if (!message) this.#refuse(new DomainError("BAD_REQUEST", "A frame is a JSON object with a type."), {});
    else if (message.type === "ping") this.#send({ type: "pong" });
    else this.#queue(message, bytes);
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#waitForReader();
  }

  /** From a client that does not read what it is answered no more is taken. */
  #waitForReader(): void {
    if (this.#unread) return;
    this.#unread = true;
    this.#socket.pause();
    void this.#drained().then(() => {
      this.#unread = false;
      if (this.#pending < MAX_PENDING) this.#socket.resume();
    });
  }

  #queue(message: Message, bytes: Buffer): void {
    this.#pending++;
    if (this.#pending >= MAX_PENDING) this.#socket.pause();
    // What is asked for one call is done in its order; calls are independent of each other.
    const turn = String(message.callId ?? newId());
    const before = this.#turns.get(turn) ?? Promise.resolve();
    const done = before
      .then(() => this.#obey(message, bytes))
      .finally(() => {
        if (this.#turns.get(turn) === done) this.#turns.delete(turn);
        this.#pending--;
        if (this.#pending < MAX_PENDING && !this.#unread) this.#socket.resume();
      });
    this.#turns.set(turn, done);
  }

  async #obey(message: Message, bytes: Buffer): Promise<void> {
    const { agentId } = this.#opened;
    const named = message.agentId ?? undefined;
    if (agentId !== undefined && named !== undefined && named !== agentId) {
      const mismatch = { code: "AGENT_MISMATCH", message: "This connection is another agent's.", details: { agentId } };
      return this.#refuse(mismatch, message);
    }
    try {
      // A frame is held to what a body of REST is held to.
      parseStrictJson(bytes);
      const ctx = await this.#context();
      if (!ctx) return this.#socket.close(BAD_KEY);
      if (message.type === "call.create") await this.#count(ctx);
      const held = await obey(ctx, message, agentId);
      if (held) this.#hold(held);
    } catch (error) {
      this.#fail(toDomainError(error), message);
    }
  }

  /** An order is a request like any other: a connection is no way past the organisation's limits. */
  async #count({ principal }: Context): Promise<void> {
    const { tier, orgId } = principal as KeyHolder;
    const refusal = refusalOf(await takeRequest(this.#runtime, tier, orgId));
    if (refusal) throw refusal;
  }

  #hold({ callId, again }: Held): void {
    if (again) {
      // Whoever orders a call again has not heard of it: it is told from its beginning.
      this.#again.add(callId);
      this.#stirred.add(callId);
      this.#flow();
    }
    if (this.#attended.has(callId)) return;
    this.#attended.add(callId);
    this.#attend();
  }

  #fail(error: DomainError, message: Message): void {
    const { code } = error;
    const { logLevel, status } = ERRORS[code];
    const why = status >= 500 ? { err: error.cause ?? error } : {};
    this.#runtime.log[logLevel]({ code, frame: message.type.slice(0, 40), ...why }, "frame refused");
    this.#refuse(error, message);
  }

  async #context(): Promise<Context | null> {
    const principal = await this.#opened.mayStill();
    if (!principal) return null;
    return {
      services: this.#runtime,
      principal,
      requestId: `req_${newId()}`,
      clientAddress: this.#opened.address,
      correlationId: `corr_${newId()}`,
      correlationGiven: false,
    };
  }

  #refuse({ code, message, details }: Refusal, { callId, requestId }: { callId?: unknown; requestId?: unknown }): void {
    this.#send({
      type: "call.error",
      code,
      message,
      details,
      ...(callId === undefined ? {} : { callId }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }

  /** Says that somebody holds these conversations, for longer than until the next time. */
  #attend(): void {
    if (this.#attended.size === 0) return;
    this.#runtime.db.pool
      .query({
        name: "calls-attend",
        text: `UPDATE call SET attended_until = now() + make_interval(secs => $3)
          WHERE org_id = $1 AND id = ANY($2::text[]) AND ended_at IS NULL`,
        values: [this.#opened.principal.orgId, [...this.#attended], UNATTENDED_S],
      })
      .catch(this.#report);
  }

  #ping(): void {
    this.#socket.ping();
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => this.#socket.terminate(), PONG_MS);
  }

  #close(): void {
    this.#unfollow();
    clearTimeout(this.#pong);
    for (const timer of this.#timers) clearInterval(timer);
  }

  readonly #report = (err: unknown): void => {
    this.#runtime.log.warn({ err }, "a voice connection's frames could not be read");
  };
}

/** An error of the registry, or one that only these connections have. */
type Refusal = { code: string; message: string; details: Record<string, unknown> };

export type Message = { type: string; callId?: unknown; requestId?: unknown } & Record<string, unknown>;

/** Flat or nested: what stands under `data` counts as if it stood beside the type. */
function readMessage(text: string): Message | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return null;
    const { data, ...flat } = parsed as Record<string, unknown>;
    const nested = typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
    const message = { ...nested, ...flat };
    return typeof flat.type === "string" ? (message as Message) : null;
  } catch {
    return null;
  }
}
