import type { EventInput } from "#server/audit/record.ts";
import { type Context, eventBase } from "./context.ts";
import { DomainError } from "./errors.ts";
import { type Effect, type Role, roleAllows } from "./members/roles.ts";
import { grants, type Scope } from "./scopes.ts";

/** Who may call a verb. `scope: null` means any valid key of those kinds. */
export type Access = { keys: readonly ("agent" | "master" | "anonymous")[]; scope: Scope | null };

export const anyone: Access = { keys: ["anonymous", "agent", "master"], scope: null };
export const anyKey = (scope: Scope | null): Access => ({ keys: ["agent", "master"], scope });
export const masterKey = (scope: Scope | null): Access => ({ keys: ["master"], scope });

/**
 * The one place where key kinds, scopes and roles are enforced. REST asks it in the pipeline, before idempotency; every
 * verb asks it again, so that no other door is weaker.
 * UNAUTHORIZED, MASTER_KEY_REQUIRED, FORBIDDEN (details.requiredScope or requiredRole); the refusal is an audit event.
 */
export function authorise(ctx: Context, access: Access, effect: Effect): void {
  const { principal } = ctx;
  if (principal.kind === "anonymous") {
    if (access.keys.includes("anonymous")) return;
    throw new DomainError("UNAUTHORIZED", "This needs an API key: send Authorization: Bearer <key>.", {
      headers: { "www-authenticate": "Bearer" },
    });
  }
  const kind = principal.kind === "console" ? "master" : principal.kind;
  if (kind === "service" || !access.keys.includes(kind)) {
    if (kind === "agent" && access.keys.includes("master")) {
      throw new DomainError("MASTER_KEY_REQUIRED", "This needs the organisation's master key (mk_).", {
        denied: denial(ctx, { required: "master" }),
      });
    }
    throw new DomainError("FORBIDDEN", "This kind of key cannot be used here.", {
      denied: denial(ctx, { required: "key" }),
    });
  }
  if (principal.kind === "console") {
    authoriseRole(ctx, principal.role, effect);
    return;
  }
  if (access.scope === null || grants(principal.scopes, access.scope)) return;
  throw new DomainError("FORBIDDEN", `This key lacks the scope ${access.scope}.`, {
    details: { requiredScope: access.scope },
    denied: denial(ctx, { requiredScope: access.scope }),
  });
}

function authoriseRole(ctx: Context, role: Role, effect: Effect): void {
  if (roleAllows(role, effect)) return;
  const requiredRole = effect === "govern" ? "OWNER" : "ADMIN";
  throw new DomainError("FORBIDDEN", `This needs the role ${requiredRole}; yours is ${role}.`, {
    details: { requiredRole, role },
    denied: { ...denial(ctx, { requiredRole, role }), channel: "console", event: "console.access.refused" },
  });
}

function denial(ctx: Context, data: Record<string, string>): EventInput {
  const { principal } = ctx;
  if (principal.kind === "anonymous") throw new TypeError("only a key can be denied");
  return {
    ...eventBase(ctx),
    orgId: principal.orgId,
    channel: "key",
    event: "key.access.refused",
    result: "DENIED",
    agentId: principal.kind === "agent" ? principal.agentId : null,
    data,
  };
}
