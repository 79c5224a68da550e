import { Check, X } from "lucide-react";
import type { Agent } from "#server/domain/agents/schemas.ts";

const ABILITIES = [
  ["canSendEmail", "Send mail"],
  ["canReceiveEmail", "Receive mail"],
  ["canSendSms", "Send SMS"],
  ["canPlaceVoiceCall", "Place calls"],
] as const;

/** What the agent can do at this moment, and what stands in the way of the rest. */
export function Readiness({ readiness }: { readiness: Agent["readiness"] }) {
  return (
    <>
      <ul className="grid grid-cols-2 gap-y-1.5">
        {ABILITIES.map(([ability, name]) => (
          <li key={ability} className="flex items-center gap-2">
            {readiness[ability] ? (
              <Check className="size-4 text-accent" aria-hidden />
            ) : (
              <X className="size-4 text-muted" aria-hidden />
            )}
            <span className={readiness[ability] ? "" : "text-muted"}>{name}</span>
            <span className="sr-only">{readiness[ability] ? "yes" : "no"}</span>
          </li>
        ))}
      </ul>
      {readiness.blockers.length > 0 ? (
        <ul className="mt-3 grid gap-2 border-line border-t pt-3 text-[0.8125rem]">
          {readiness.blockers.map((blocker) => (
            <li key={blocker.code}>
              <code className="block font-mono text-[0.75rem] text-warn">{blocker.code}</code>
              <span className="text-muted">{blocker.hint}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
