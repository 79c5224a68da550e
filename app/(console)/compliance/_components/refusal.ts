import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** What one gate said. `facts` are gone where the personal part of the event was erased. */
export type GateSaid = {
  gate: string;
  verdict: string;
  code: string | null;
  detail?: string;
  facts?: Record<string, unknown>;
};

/** An event of a call or text that was refused, with what it says of that. */
export type Refusal = {
  event: AuditEvent;
  /** null: refused before any gate was asked. */
  gate: string | null;
  code: string;
  reason: string;
  to: string;
  gates: GateSaid[];
};

export function refusalOf(event: AuditEvent): Refusal {
  const { gate, code, to, gates } = event.data as { gate?: string; code?: string; to?: string; gates?: GateSaid[] };
  const reason = event.detail ?? "";
  return {
    event,
    gate: gate ?? null,
    code: code ?? "",
    to: to ?? "",
    // The detail begins with the number, which stands in a column of its own.
    reason: to && reason.startsWith(`${to}: `) ? reason.slice(to.length + 2) : reason,
    gates: gates ?? [],
  };
}
