"use client";

import { useEffect, useRef, useState } from "react";
import { useEvents } from "../../../_lib/live.tsx";
import { type EventSearch, fits } from "../../_components/events/search.ts";

const EVERY_MS = 10_000;

/** Tells a screen reader now and then how much has come, not each row. */
export function Announcer({ search }: { search: EventSearch }) {
  const since = useRef({ events: 0, refused: 0 });
  const [text, setText] = useState("");
  useEvents((event) => {
    if (!fits(event, search)) return;
    since.current.events++;
    if (event.result === "DENIED") since.current.refused++;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const { events, refused } = since.current;
      if (events === 0) return;
      since.current = { events: 0, refused: 0 };
      setText(`${events} new ${events === 1 ? "event" : "events"}${refused > 0 ? `, ${refused} refused` : ""}`);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
