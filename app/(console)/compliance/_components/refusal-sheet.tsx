"use client";

import { Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { CodeArea } from "../../../_ui/code-area.tsx";
import { Link } from "../../../_ui/link.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { gateName } from "../../_components/gates/gate-names.ts";
import { ChainLink } from "./chain-link.tsx";
import type { GateSaid, Refusal } from "./refusal.ts";

/** One refusal: what every gate said, with the facts that it looked at. */
export function RefusalSheet({ refusal, onClose }: { refusal: Refusal; onClose: () => void }) {
  const { event, code, reason, to, gate, gates } = refusal;
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={`${event.channel === "sms" ? "Text" : "Call"} to ${to} refused`}
      description={reason}
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem]">
        <Link
          href={`/docs/errors/${code.toLowerCase().replaceAll("_", "-")}`}
          className="font-mono text-danger underline underline-offset-2"
        >
          {code}
        </Link>
        <Time at={event.ts} />
        <ChainLink correlationId={event.correlationId} of={`the refusal to ${to}`} />
      </p>
      {gates.length === 0 ? (
        <p className="text-[0.8125rem] text-muted">It was refused before any gate was asked.</p>
      ) : (
        <ul className="grid gap-3">
          {gates.map((said) => (
            <Said key={said.gate} said={said} decided={said.gate === gate} />
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function Said({ said, decided }: { said: GateSaid; decided: boolean }) {
  const refused = said.verdict === "refuse";
  return (
    <li className="border-line border-t pt-3 text-[0.8125rem]">
      <p className="flex items-center gap-2">
        <span className="font-medium">{gateName(said.gate)}</span>
        <Badge tone={refused ? "bad" : "good"}>{refused ? "refuses" : "allows"}</Badge>
        {decided ? <span className="text-muted">decided</span> : null}
      </p>
      {said.detail ? <p className="mt-1">{said.detail}</p> : null}
      {said.facts ? (
        <details className="mt-1" open={decided}>
          <summary className="rounded text-muted">Facts used</summary>
          <CodeArea label={`Facts of ${gateName(said.gate)}`} className="mt-1 rounded-md border border-line bg-raised">
            {JSON.stringify(said.facts, null, 2)}
          </CodeArea>
        </details>
      ) : null}
    </li>
  );
}
