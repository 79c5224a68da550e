import type { ReactNode } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import type { Mail } from "#server/domain/mailbox/read-mail.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { Time } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { isHeld, waitingReason } from "./words.ts";

const STEPS: Record<string, [name: string, dot: string]> = {
  "email.received": ["Received", "bg-accent"],
  "email.loop.detected": ["Received, one of our own that came back", "bg-warn"],
  "email.queued": ["Accepted", "bg-accent"],
  "email.sent": ["Handed over", "bg-accent"],
  "email.deferred": ["Put off", "bg-warn"],
  "email.bounced": ["Refused", "bg-danger"],
};

/** What became of the mail: each attempt with the other side's own words, and what comes next. */
export function Delivery({ mail }: { mail: Mail }) {
  // Attempts of before the log was asked for them: their last words are all that is known.
  const known = new Set(mail.events.flatMap((event) => attemptOf(event).map(([recipient]) => recipient)));
  const others = mail.recipients.filter((each) => !known.has(each.recipient));
  return (
    <section aria-label="Delivery" className="border-line border-t px-4 py-3">
      <div className="mb-2 flex items-baseline justify-between gap-2">
        <h3 className="text-[0.8125rem] font-medium">{mail.direction === "OUTBOUND" ? "Delivery" : "Arrival"}</h3>
        <Link
          href={chainPath(mail.correlationId, mail.events[0]?.id)}
          className="rounded text-[0.8125rem] text-accent underline underline-offset-2"
        >
          Open its chain
        </Link>
      </div>
      <ol className="grid gap-2 text-[0.8125rem]">
        {mail.events.map((event) => {
          const [name, dot] = STEPS[event.event] ?? [event.event, "bg-muted"];
          return (
            <Step key={event.id} dot={dot} name={name + attemptNumber(event)} at={event.ts}>
              <Words lines={attemptOf(event)} />
            </Step>
          );
        })}
        {others.map((each) => (
          <Step key={each.recipient} dot="bg-muted" name={each.status.toLowerCase()} at={each.at}>
            <Words lines={[[each.recipient, each.lastResponse]]} />
          </Step>
        ))}
        {mail.status === "QUEUED" ? (
          <Step
            dot={cn("bg-warn", !isHeld(mail.statusReason) && "motion-safe:animate-pulse")}
            name={isHeld(mail.statusReason) ? "Held" : "Waiting"}
            at={mail.nextAttemptAt}
            before={mail.nextAttemptAt ? "next attempt" : ""}
          >
            {isHeld(mail.statusReason) ? <p className="text-warn">{waitingReason(mail.statusReason)}</p> : null}
          </Step>
        ) : null}
      </ol>
    </section>
  );
}

/** Recipients and answers of an attempt, as the event has them; none for an event that is no attempt. */
function attemptOf(event: AuditEvent): [recipient: string, response: string][] {
  const { to, responses } = event.data;
  if (!Array.isArray(to) || !Array.isArray(responses)) return [];
  return to.map((recipient, index) => [String(recipient), String(responses[index] ?? "")]);
}

function attemptNumber({ data }: AuditEvent): string {
  return typeof data.attempt === "number" && data.attempt > 1 ? `, attempt ${data.attempt}` : "";
}

type StepProps = { dot: string; name: string; at: string | null; before?: string; children?: ReactNode };

function Step({ dot, name, at, before = "", children }: StepProps) {
  return (
    <li className="grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-2">
      <span aria-hidden className={cn("mt-1.5 size-2 rounded-full", dot)} />
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{name}</span>
          <span className="text-muted">
            {before} {at ? <Time at={at} /> : null}
          </span>
        </p>
        {children}
      </div>
    </li>
  );
}

function Words({ lines }: { lines: [recipient: string, response: string][] }) {
  return lines.map(([recipient, response]) => (
    <p key={recipient} className="break-words font-mono text-[0.75rem]">
      <span className="text-muted">{recipient}</span> {response}
    </p>
  ));
}
