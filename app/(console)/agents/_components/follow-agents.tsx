"use client";

import { useEffect, useRef } from "react";
import { useEvents } from "../../../_lib/live.tsx";
import { useAgentCache } from "./use-agent-cache.ts";

const SETTLED_MS = 250;
// More than so many at once are read as a list.
const MANY = 25;
const CHANGES = /^(agent|inbox)\.|^key\.(created|rotated|revoked)$|^voice\.number\.(provisioned|released)$/;
// What failed changes nothing, but that nothing is awaited any more.
const GIVEN_UP = "voice.number.failed";

type News = { at: string; isChanged: boolean; isDeleted: boolean };

/** Keeps what the pages of agents show true, by the log: an agent made or paused elsewhere shows without a reload. */
export function FollowAgents() {
  const cache = useAgentCache();
  const news = useRef(new Map<string, News>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const settle = async () => {
    timer.current = undefined;
    const settled = news.current;
    news.current = new Map();
    const changed: string[] = [];
    for (const [id, { isChanged, isDeleted }] of settled) {
      if (isDeleted) cache.remove(id);
      else if (isChanged) changed.push(id);
    }
    cache.change([...settled.keys()], (agent) => {
      const at = settled.get(agent.id)?.at;
      return at === undefined || (agent.lastActivityAt ?? "") >= at ? agent : { ...agent, lastActivityAt: at };
    });
    if (changed.length > MANY) return cache.readListsAgain();
    const agents = await Promise.all(changed.map(cache.read));
    for (const agent of agents) cache.put(agent);
  };

  useEvents((event) => {
    if (event.agentId === null) return;
    const { isChanged = false, isDeleted = false } = news.current.get(event.agentId) ?? {};
    const happened = event.result === "SUCCESS";
    news.current.set(event.agentId, {
      at: event.ts,
      isChanged: isChanged || (happened ? CHANGES.test(event.event) : event.event === GIVEN_UP),
      isDeleted: isDeleted || (happened && event.event === "agent.deleted"),
    });
    // What cannot be read now is read again with the list, at the latest when the page is opened again.
    timer.current ??= setTimeout(() => settle().catch(() => cache.readListsAgain()), SETTLED_MS);
  });
  return null;
}
