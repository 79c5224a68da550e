"use client";

import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { onSigningOut } from "./leave.ts";
import type { LiveState } from "./live/follow-log.ts";
import { type Joining, joinLog } from "./live/join-log.ts";
import { askServer } from "./live/open-log.ts";

export type { LiveState } from "./live/follow-log.ts";

type EventHandler = (event: AuditEvent) => void;
type CallsHandler = (callIds: string[]) => void;
type Live = {
  state: LiveState;
  subscribe(handler: EventHandler): () => void;
  subscribeCalls(handler: CallsHandler): () => void;
};

const LiveContext = createContext<Live | null>(null);

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new TypeError("there is no LiveProvider above this component");
  return live;
}

type Start = {
  /** The id of the session that the page was drawn for. */
  session: string;
  /** The number of the last event that it was drawn with, -1 for none. */
  start: number;
};

/** Follows the organisation's log for all that is on the page, over one connection for all tabs of the session. */
export function LiveProvider({ session, start, children }: Start & { children: ReactNode }) {
  const [state, setState] = useState<LiveState>("connecting");
  const [handlers] = useState(() => new Set<EventHandler>());
  const [callsHandlers] = useState(() => new Set<CallsHandler>());
  // Where the log begins is said once; later renders of the frame do not begin it again.
  const [from] = useState({ session, start });
  useEffect(
    () =>
      follow(from, {
        onState: setState,
        onEvents(events) {
          for (const event of events) for (const handler of handlers) handler(event);
        },
        onCalls(callIds) {
          for (const handler of callsHandlers) handler(callIds);
        },
      }),
    [from, handlers, callsHandlers],
  );
  const [subscribe] = useState(() => adding(handlers));
  const [subscribeCalls] = useState(() => adding(callsHandlers));
  return <LiveContext value={{ state, subscribe, subscribeCalls }}>{children}</LiveContext>;
}

function adding<Handler>(handlers: Set<Handler>) {
  return (handler: Handler) => {
    handlers.add(handler);
    return () => void handlers.delete(handler);
  };
}

/** Ties the log to what happens to the tab. @returns ends it */
function follow(
  { session, start }: Start,
  { onState, onEvents, onCalls }: Pick<Joining, "onState" | "onEvents" | "onCalls">,
): () => void {
  let seen = start;
  const join = () =>
    joinLog({
      ask: askServer,
      session,
      from: seen,
      onState,
      onCalls,
      onEvents(events) {
        seen = events.at(-1)?.seq ?? seen;
        onEvents(events);
      },
      // The server then shows the page as it is now, or the sign-in.
      onLost: () => window.location.reload(),
      isVisible: () => document.visibilityState === "visible",
      locks: navigator.locks,
    });
  let log = join();
  const wake = () => log.wake();
  // A page that is kept for the Back button must hold no lock, and hears nothing; when it is shown again, it goes on.
  const hide = () => log.close();
  const show = ({ persisted }: PageTransitionEvent) => {
    if (persisted) log = join();
  };
  // The session's own end is no news to the tab that ends it.
  const stay = onSigningOut((leaving) => {
    log.close();
    if (!leaving) log = join();
  });
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pagehide", hide);
  window.addEventListener("pageshow", show);
  return () => {
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
    window.removeEventListener("pagehide", hide);
    window.removeEventListener("pageshow", show);
    stay();
    log.close();
  };
}

/** Calls the handler with every event from now on, each once and in order. */
export function useEvents(handler: EventHandler): void {
  const { subscribe } = useLive();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => subscribe((event) => latest.current(event)), [subscribe]);
}

/** Calls the handler with the calls in which something was said. What is missed while the connection is broken is not made up for. */
export function useCallStirs(handler: CallsHandler): void {
  const { subscribeCalls } = useLive();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => subscribeCalls((callIds) => latest.current(callIds)), [subscribeCalls]);
}

/** Whether events arrive at this moment. */
export function useLiveState(): LiveState {
  return useLive().state;
}
