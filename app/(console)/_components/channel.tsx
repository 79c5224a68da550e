import {
  Bot,
  Building2,
  CreditCard,
  KeyRound,
  Lock,
  type LucideIcon,
  Mail,
  MessageSquare,
  Monitor,
  Phone,
} from "lucide-react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

const ICONS: Record<AuditEvent["channel"], LucideIcon> = {
  agent: Bot,
  email: Mail,
  sms: MessageSquare,
  voice: Phone,
  vault: Lock,
  billing: CreditCard,
  key: KeyRound,
  org: Building2,
  console: Monitor,
};

/** The channel of an event, as icon and word. */
export function Channel({ channel }: { channel: AuditEvent["channel"] }) {
  const Icon = ICONS[channel];
  return (
    <span className="inline-flex items-baseline gap-1.5 font-mono text-[0.75rem] text-muted">
      <Icon className="size-3.5 shrink-0 self-center" aria-hidden />
      {channel}
    </span>
  );
}
