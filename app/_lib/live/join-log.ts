import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { type Following, followLog, type LiveState } from "./follow-log.ts";

/** What the tabs of a session tell each other. */
type Message =
  | { kind: "events"; events: AuditEvent[] }
  /** In which calls something was said. */
  | { kind: "calls"; callIds: string[] }
  /** Where the one that leads stands; also its sign of life. */
  | { kind: "position"; state: LiveState; seen: number }
  /** Asks the one that leads where it stands, and to try again where it waits to. */
  | { kind: "hello" }
  | { kind: "lost" };

export type Joining = Following & {
  /** Whether somebody looks at this tab. */
  isVisible: () => boolean;
  /** Undefined where the browser has none: on plain HTTP from another machine. */
  locks: Pick<LockManager, "request"> | undefined;
};

export type Joined = {
  /** To be called when the tab is looked at again, or no more, or the network is back. */
  wake: () => void;
  close: () => void;
};

const HELLO_MS = 5_000;
/** A tab that has not answered so many times does not lead any more, though it holds the lock. */
const PATIENCE = 3;

/**
 * Follows the log over one connection for all tabs of a session: the tab that holds a lock leads, reads the stream and
 * passes it on; the others wait for the lock. Browsers give a lock on when its tab closes or crashes, so there is always
 * one. Every tab counts for itself what it has seen: one that missed something (it was opened late, was frozen, or the
 * lead changed) reads the log from there until it has met the others.
 *
 * Chosen over a SharedWorker, which Chrome on Android does not have. Where there are no locks either (plain HTTP that is
 * not localhost), every tab that somebody looks at has a connection of its own.
 */
export function joinLog(joining: Joining): Joined {
  const { locks, session, isVisible, onState, onEvents, onCalls, onLost } = joining;
  const name = `anima log ${session}`;
  const channel = locks ? new BroadcastChannel(name) : null;
  const post = (message: Message) => channel?.postMessage(message);
  let closed = false;
  let seen = joining.from;
  let state: LiveState = "connecting";
  let lead: ReturnType<typeof followLog> | null = null;
  let leave = () => {};
  let catchUp: { target: number; close: () => void } | null = null;
  let unanswered = 0;

  function show(next: LiveState): void {
    state = next;
    onState(catchUp && next === "live" ? "behind" : next);
  }

  function deliver(events: AuditEvent[]): void {
    const fresh = events.filter(({ seq }) => seq > seen);
    if (fresh.length === 0) return;
    seen = fresh.at(-1)?.seq ?? seen;
    onEvents(fresh);
  }

  function lost(): void {
    close();
    onLost();
  }

  function startLead(): void {
    stopCatchUp();
    lead = followLog({
      ...joining,
      from: seen,
      onState(next) {
        show(next);
        post({ kind: "position", state, seen });
      },
      onEvents(events) {
        deliver(events);
        if (events.length > 0) post({ kind: "events", events });
        else post({ kind: "position", state, seen });
      },
      onCalls(callIds) {
        onCalls(callIds);
        post({ kind: "calls", callIds });
      },
      onLost() {
        post({ kind: "lost" });
        lost();
      },
    });
  }

  function stopLead(): void {
    lead?.close();
    lead = null;
    leave();
  }

  /** Reads what this tab has not seen, up to `target`, from where it stands. */
  function catchUpTo(target: number): void {
    if (catchUp) {
      catchUp.target = Math.max(catchUp.target, target);
      return;
    }
    const reading = followLog({
      ...joining,
      from: seen,
      onState: (next) => onState(next === "live" ? "behind" : next),
      onEvents(events) {
        deliver(events);
        if (seen >= (catchUp?.target ?? 0)) stopCatchUp();
      },
      onLost: lost,
    });
    catchUp = { target, close: reading.close };
    onState("behind");
  }

  function stopCatchUp(): void {
    if (!catchUp) return;
    catchUp.close();
    catchUp = null;
    show(state);
  }

  function hear(message: Message): void {
    if (message.kind === "lost") lost();
    else if (message.kind === "hello") answer();
    // A tab that led until its lock was taken may say something before it knows.
    else if (!lead) {
      unanswered = 0;
      if (message.kind === "position") compare(message);
      else if (message.kind === "calls") onCalls(message.callIds);
      else take(message);
    }
  }

  function answer(): void {
    if (!lead) return;
    lead.wake();
    post({ kind: "position", state, seen });
  }

  function compare(position: Extract<Message, { kind: "position" }>): void {
    if (position.state !== state) show(position.state);
    if (position.seen > seen) catchUpTo(position.seen);
  }

  function take(message: Extract<Message, { kind: "events" }>): void {
    const [first] = message.events.filter(({ seq }) => seq > seen);
    const last = message.events.at(-1);
    if (!first || !last) return;
    if (catchUp || first.seq > seen + 1) catchUpTo(last.seq);
    else deliver(message.events);
  }

  /** Waits for the lead, takes it, and waits again when another tab took it away. */
  function queueForLead(manager: NonNullable<Joining["locks"]>, steal: boolean): void {
    const waiting = new AbortController();
    leave = () => waiting.abort();
    manager
      .request(name, steal ? { steal } : { signal: waiting.signal }, () => {
        if (closed) return;
        startLead();
        return new Promise<void>((resolve) => {
          leave = resolve;
        });
      })
      .catch(() => {
        // Given up (then it is closed, or another request of this tab stands), or taken away.
        if (closed || !lead) return;
        lead.close();
        lead = null;
        queueForLead(manager, false);
      });
  }

  function wake(): void {
    if (closed) return;
    if (!locks && !isVisible()) stopLead();
    else if (lead) lead.wake();
    else if (!locks) startLead();
    else if (isVisible()) greet(locks);
  }

  function greet(manager: NonNullable<Joining["locks"]>): void {
    if (unanswered < PATIENCE) {
      unanswered++;
      post({ kind: "hello" });
      return;
    }
    unanswered = 0;
    leave();
    queueForLead(manager, true);
  }

  function close(): void {
    closed = true;
    clearInterval(timer);
    stopCatchUp();
    stopLead();
    channel?.close();
  }

  const timer = setInterval(() => {
    if (locks && !lead) wake();
  }, HELLO_MS);
  if (channel) channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  if (locks) queueForLead(locks, false);
  wake();
  return { wake, close };
}
