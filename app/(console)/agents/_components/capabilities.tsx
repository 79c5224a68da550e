import { Mail, MessageSquare, Phone } from "lucide-react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { cn } from "../../../_ui/cn.ts";

const CHANNELS = [
  ["canSendEmail", "send mail", Mail],
  ["canSendSms", "send SMS", MessageSquare],
  ["canPlaceVoiceCall", "place calls", Phone],
] as const;

/** What an agent can do at this moment, as a row of signs. */
export function Capabilities({ readiness }: { readiness: Agent["readiness"] }) {
  return (
    <span className="flex items-center gap-2">
      {CHANNELS.map(([ability, name, Icon]) => {
        const text = `${readiness[ability] ? "can" : "cannot"} ${name}`;
        return (
          <span key={ability} title={text} className={cn(readiness[ability] ? "text-accent" : "text-muted opacity-40")}>
            <Icon className="size-3.5" aria-hidden />
            <span className="sr-only">{text}</span>
          </span>
        );
      })}
    </span>
  );
}
