"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import {
  Bot,
  FileSearch,
  Hash,
  Keyboard,
  ListTree,
  LogOut,
  type LucideIcon,
  Mail,
  MessageSquare,
  Monitor,
  Moon,
  OctagonPause,
  Pause,
  Phone,
  Plus,
  Sun,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { isWholeNumber, phoneDigits } from "../../../_lib/phone-digits.ts";
import { useSession } from "../../../_lib/session.tsx";
import { applyTheme } from "../../../_lib/theme.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useGo } from "../../../_lib/use-go.ts";
import { useToast } from "../../../_ui/toast.tsx";
import { textsPath } from "../../texts/_components/params.ts";
import { AgentStatus } from "../agent-status.tsx";
import { Kbd } from "./kbd.tsx";
import { idPaths, matches } from "./palette-text.ts";
import { PLACES } from "./places.ts";
import { SHORTCUTS } from "./shortcuts.ts";
import { useSignOut } from "./sign-out.tsx";

type ResultsProps = { text: string; onDone: () => void };

const AGENTS_SHOWN = 8;
const TYPING_MS = 150;

/** Goes somewhere, and closes the palette. */
function useGoAndClose(onDone: () => void): (path: string) => void {
  const go = useGo();
  return (path) => {
    go(path);
    onDone();
  };
}

export function PlaceResults({ text, onDone }: ResultsProps) {
  const go = useGoAndClose(onDone);
  const places = PLACES.filter(({ name }) => matches(text, `go to ${name}`));
  if (places.length === 0) return null;
  return (
    <Group heading="Go to">
      {places.map(({ href, name, icon, key }) => (
        <Result key={href} value={href} icon={icon} end={<Kbd keys={["g", key]} />} onSelect={() => go(href)}>
          {name}
        </Result>
      ))}
    </Group>
  );
}

type Action = { name: string; words?: string; icon: LucideIcon; end?: ReactNode; run: () => void };

export function ActionResults(props: ResultsProps & { onPause: () => void; onHelp: () => void }) {
  const { text, onDone, onPause, onHelp } = props;
  const go = useGoAndClose(onDone);
  const toast = useToast();
  const signOut = useSignOut();
  const isStopped = useSession().orgStatus === "STOPPED";
  const theme = (name: string, icon: LucideIcon, run: () => void): Action => ({
    name,
    words: "change theme appearance",
    icon,
    run: () => {
      run();
      onDone();
    },
  });
  const actions: Action[] = [
    { name: "Create an agent", words: "new add", icon: Plus, run: () => go("/agents?create=1") },
    { name: "Place a call", words: "phone dial ring", icon: Phone, run: () => go("/calls?place=1") },
    { name: "Pause or resume an agent…", words: "stop", icon: Pause, run: onPause },
    {
      name: isStopped ? "Resume all agents…" : "Stop all agents…",
      words: "kill switch halt organisation emergency",
      icon: OctagonPause,
      run: () => go("/caps?stop=1"),
    },
    theme("Dark theme", Moon, () => applyTheme("dark")),
    theme("Light theme", Sun, () => applyTheme("light")),
    theme("Theme of the system", Monitor, () => applyTheme("system")),
    { name: "Keyboard shortcuts", words: "help keys", icon: Keyboard, end: <Kbd keys={HELP_KEYS} />, run: onHelp },
    {
      name: "Sign out",
      words: "log out leave",
      icon: LogOut,
      run: () =>
        signOut.mutate(undefined, {
          onError: (error) => toast({ text: "You are still signed in", error: errorOf(error) }),
        }),
    },
  ];
  const found = actions.filter(({ name, words = "" }) => matches(text, `${name} ${words}`));
  if (found.length === 0) return null;
  return (
    <Group heading="Do">
      {found.map(({ name, icon, end, run }) => (
        <Result key={name} value={name} icon={icon} end={end} onSelect={run}>
          {name}
        </Result>
      ))}
    </Group>
  );
}

const HELP_KEYS = SHORTCUTS.find(({ command }) => command === "help")?.keys ?? [];

/** Agents by name or address, as the server finds them. @param onPick instead of opening the agent's page */
export function AgentResults({ text, onDone, onPick }: ResultsProps & { onPick?: (agent: Agent) => void }) {
  const trpc = useTRPC();
  const go = useGoAndClose(onDone);
  const search = useSettled(text.trim());
  const input = { limit: AGENTS_SHOWN, ...(search ? { search } : {}) };
  const agents = useQuery(trpc.agents.list.queryOptions(input, { placeholderData: keepPreviousData }));
  if (agents.isError) {
    const { code, detail } = errorOf(agents.error);
    return (
      <p role="alert" className="px-2 py-3 text-danger">
        Agents could not be searched: {detail} ({code})
      </p>
    );
  }
  if (agents.isPending) return <Note>Looking for agents…</Note>;
  if (agents.data.items.length === 0) return onPick ? <Note>No agent is called so.</Note> : null;
  return (
    <Group heading="Agents">
      {agents.data.items.map((agent) => (
        <Result
          key={agent.id}
          value={agent.id}
          icon={Bot}
          end={<AgentStatus status={agent.status} />}
          onSelect={() => (onPick ? onPick(agent) : go(`/agents/${agent.id}`))}
        >
          {agent.name} <span className="text-muted">{agent.emailIdentities[0]?.email}</span>
        </Result>
      ))}
    </Group>
  );
}

const NUMBERS_SHOWN = 5;

/** What was typed, taken as digits: numbers of ours that have them, and the conversations with such a number. */
export function NumberResults({ text, onDone }: ResultsProps) {
  const trpc = useTRPC();
  const go = useGoAndClose(onDone);
  const digits = phoneDigits(text);
  const numbers = useQuery(trpc.numbers.overview.queryOptions(undefined, { enabled: digits !== null }));
  if (digits === null) return null;
  const found = (numbers.data?.items ?? []).filter(({ phoneNumber }) => phoneNumber.includes(digits));
  const isWhole = isWholeNumber(text);
  if (found.length === 0 && !isWhole) return null;
  return (
    <Group heading="Numbers">
      {found.slice(0, NUMBERS_SHOWN).map(({ id, phoneNumber, display, agentName }) => (
        <Result
          key={id}
          value={id}
          icon={Hash}
          onSelect={() => go(`/numbers?search=${encodeURIComponent(phoneNumber)}`)}
        >
          <span className="font-mono text-[0.8125rem]">{display}</span> <span className="text-muted">{agentName}</span>
        </Result>
      ))}
      {isWhole ? (
        <Result value="texts with" icon={MessageSquare} onSelect={() => go(textsPath({ number: text.trim() }))}>
          Texts with <code className="font-mono text-[0.8125rem]">{text.trim()}</code>
        </Result>
      ) : null}
    </Group>
  );
}

const ID_ICONS: Record<ReturnType<typeof idPaths>[number]["kind"], LucideIcon> = {
  message: Mail,
  call: Phone,
  agent: Bot,
  request: FileSearch,
  chain: ListTree,
};

/** What was typed, taken as an id. */
export function IdResults({ text, onDone }: ResultsProps) {
  const go = useGoAndClose(onDone);
  const found = idPaths(text);
  if (found.length === 0) return null;
  return (
    <Group heading="Open by id">
      {found.map(({ kind, label, path }) => (
        <Result key={kind} value={`id ${kind}`} icon={ID_ICONS[kind]} onSelect={() => go(path)}>
          {label} <code className="font-mono text-[0.8125rem]">{text.trim()}</code>
        </Result>
      ))}
    </Group>
  );
}

/** A value once it has not changed for a moment, so that not every letter asks the server. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-[0.75rem] [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

type ResultProps = { value: string; icon: LucideIcon; end?: ReactNode; onSelect: () => void; children: ReactNode };

function Result({ value, icon: Icon, end, onSelect, children }: ResultProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 py-1 data-[selected=true]:bg-raised"
    >
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {end}
    </Command.Item>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="px-2 py-3 text-muted">
      {children}
    </p>
  );
}
