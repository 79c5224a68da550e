import type { ApiKey } from "#server/domain/api-keys/schemas.ts";
import { Badge } from "../../../_ui/badge.tsx";

/** Whether a key still opens anything. */
export function KeyStatus({ apiKey }: { apiKey: Pick<ApiKey, "revokedAt" | "expiresAt"> }) {
  if (apiKey.revokedAt) return <Badge tone="bad">revoked</Badge>;
  if (apiKey.expiresAt && Date.parse(apiKey.expiresAt) <= Date.now()) return <Badge tone="warn">expired</Badge>;
  return <Badge tone="good">active</Badge>;
}
