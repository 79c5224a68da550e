"use client";

import { Check, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { Button } from "../../../../_ui/button.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { GiveInbox } from "./give-inbox.tsx";

type Blocker = Agent["readiness"]["blockers"][number];

const CHANNELS = [
  { ability: "canSendEmail", name: "Send mail", fields: ["status", "emailIdentities"] },
  { ability: "canReceiveEmail", name: "Receive mail", fields: ["emailIdentities"] },
  { ability: "canSendSms", name: "Send SMS", fields: ["status", "phoneIdentities", "phoneIdentities.sms"] },
  { ability: "canPlaceVoiceCall", name: "Place calls", fields: ["status", "phoneIdentities", "phoneIdentities.voice"] },
] as const;

// What limits sending says nothing about receiving.
const OF_SENDING_ONLY = ["IDENTITY_NOT_VERIFIED", "NO_RELAY"];

/** What an agent can do at this moment on each channel, what stands in the way, and how to clear it. */
export function Readiness({ agent }: { agent: Agent }) {
  const { readiness } = agent;
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {CHANNELS.map(({ ability, name, fields }) => {
        const blockers = readiness.blockers.filter(
          ({ code, field }) =>
            (fields as readonly string[]).includes(field) &&
            !(ability === "canReceiveEmail" && OF_SENDING_ONLY.includes(code)),
        );
        return (
          <li key={ability} className="grid gap-2 p-4 sm:grid-cols-[11rem_minmax(0,1fr)]">
            <State can={readiness[ability]} limited={blockers.length > 0} name={name} />
            <ul className="grid gap-3">
              {blockers.length === 0 ? <li className="text-muted">Nothing stands in the way.</li> : null}
              {blockers.map((blocker) => (
                <li key={blocker.code} className="grid justify-items-start gap-1">
                  <code className="font-mono text-[0.75rem] text-warn">{blocker.code}</code>
                  <p className="text-[0.8125rem] text-muted">
                    {blocker.code === "AGENT_PAUSED"
                      ? "It is paused. Resume it above, and it can send again."
                      : blocker.hint}
                  </p>
                  <Remedy blocker={blocker} agent={agent} />
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ul>
  );
}

function State({ can, limited, name }: { can: boolean; limited: boolean; name: string }) {
  const [Icon, tone, word] = !can
    ? ([X, "text-danger", "no"] as const)
    : limited
      ? ([TriangleAlert, "text-warn", "limited"] as const)
      : ([Check, "text-accent", "yes"] as const);
  return (
    <div className="flex items-start gap-2">
      <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden />
      <span className="font-medium">{name}</span>
      <span className={`font-mono text-[0.75rem] leading-5 ${tone}`}>{word}</span>
    </div>
  );
}

/** What clears a blocker from here, or the page that says how. */
function Remedy({ blocker, agent }: { blocker: Blocker; agent: Agent }): ReactNode {
  if (blocker.code === "NO_INBOX") return <GiveInbox agent={agent} />;
  if (blocker.code === "PHONE_NOT_PROVISIONED") {
    return (
      <Button size="sm" asChild>
        <Link href={`/numbers?buy=${agent.id}`}>Get it a number</Link>
      </Button>
    );
  }
  const path = blocker.remediationUrl ? docsPath(blocker.remediationUrl) : null;
  if (path === null) return null;
  return (
    <Link href={path} className="rounded text-[0.8125rem] text-accent underline underline-offset-2">
      How to clear it
    </Link>
  );
}

/** The page of an error as this console has it: ERROR_DOCS_URL may lead elsewhere. */
function docsPath(url: string): string {
  return `/docs/errors/${url.split("/").at(-1)}`;
}
