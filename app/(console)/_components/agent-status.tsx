import { Badge } from "../../_ui/badge.tsx";

const TONES = { ACTIVE: "good", PAUSED: "warn", DELETED: "bad" } as const;

export function AgentStatus({ status }: { status: keyof typeof TONES }) {
  return <Badge tone={TONES[status]}>{status.toLowerCase()}</Badge>;
}
