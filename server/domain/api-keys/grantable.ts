import { authorise } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { DomainError } from "../errors.ts";
import { keyAdministration } from "./fields.ts";

/** The scopes that the caller may put on a new key: its own. A key must not make one that can do more than itself. */
export function grantableScopes(ctx: Context): readonly string[] {
  const { principal } = ctx;
  return "scopes" in principal ? principal.scopes : ["*"];
}

/** FORBIDDEN unless the caller may govern: a master key opens the console as an owner, so only an owner handles one. */
export function requireOwnerForMaster(ctx: Context, kind: string): void {
  if (kind === "MASTER") authorise(ctx, keyAdministration, "govern");
}

/** FORBIDDEN (details.requiredScope) unless the caller itself holds every one of these scopes. */
export function requireGrantable(ctx: Context, scopes: readonly string[]): void {
  const held = grantableScopes(ctx);
  const missing = held.includes("*") ? undefined : scopes.find((scope) => !held.includes(scope));
  if (missing === undefined) return;
  throw new DomainError("FORBIDDEN", `This key lacks the scope ${missing}, so it cannot hand it out.`, {
    details: { requiredScope: missing },
    denied: {
      ...eventBase(ctx),
      orgId: orgOf(ctx),
      channel: "key",
      event: "key.access.refused",
      result: "DENIED",
      data: { requiredScope: missing },
    },
  });
}
