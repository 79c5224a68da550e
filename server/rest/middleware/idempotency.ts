import { createHash } from "node:crypto";
import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import type { IdempotencyClaim, Principal } from "#server/domain/context.ts";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import {
  type Answer,
  claimKey,
  claimWithAnswer,
  inProgress,
  isLockTimeout,
  KeyTaken,
  storeAnswer,
  storedAnswer,
} from "#server/domain/idempotency/claim.ts";
import { emit, openTransaction } from "#server/domain/transaction.ts";
import type { Slots } from "#server/platform/slots.ts";
import { answer } from "../answer.ts";
import { readBody } from "../body.ts";
import type { RestEnv } from "../environment.ts";
import type { RouteDefinition } from "../route.ts";
import type { Turns } from "./turns.ts";

type C = HonoContext<RestEnv>;

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * Two requests with one Idempotency-Key have one effect: the first is stored with its answer in the transaction of its
 * effect, the others get that answer. 5xx is not stored: it rolls back, and a retry runs anew.
 */
export function idempotency(route: RouteDefinition, turns: Turns, slots: Slots) {
  return createMiddleware<RestEnv>(async (c, next) => {
    const header = c.req.header("idempotency-key");
    if (header === undefined || route.idempotency === "none") return next();
    const claim = await makeClaim(c, checkKey(header));
    const inTime = await turns.take([claim.scope, claim.principal, claim.key].join("\n"), () =>
      route.idempotency === "statement"
        ? claimInStatement(c, claim, next)
        : slots.take(() => claimInTransaction(c, claim, next)),
    );
    if (!inTime) throw inProgress();
  });
}

/** INVALID_IDEMPOTENCY_KEY unless the header is 1 to 255 printable ASCII characters. */
function checkKey(key: string): string {
  if (KEY.test(key)) return key;
  throw new DomainError("INVALID_IDEMPOTENCY_KEY", "Idempotency-Key must be 1 to 255 printable ASCII characters.", {
    details: { field: "Idempotency-Key" },
  });
}

async function makeClaim(c: C, key: string): Promise<IdempotencyClaim> {
  const url = new URL(c.req.url);
  const fingerprint = createHash("sha256")
    .update(`${c.req.method} ${url.pathname}${url.search}\n`)
    .update(await readBody(c))
    .digest();
  return { ...owner(c.var.ctx.principal), key, fingerprint };
}

/** Whose key it is: the same one from another agent is another one, so nobody is handed somebody else's answer. */
function owner(principal: Principal): { scope: string; principal: string } {
  switch (principal.kind) {
    case "agent":
      return { scope: principal.orgId, principal: `agent ${principal.agentId}` };
    case "master":
      return { scope: principal.orgId, principal: "master" };
    case "service":
      return { scope: principal.orgId, principal: "service" };
    case "console":
      return { scope: principal.orgId, principal: "master" };
    case "anonymous":
      return { scope: "address", principal: principal.address };
  }
}

/** Takes the claim back with everything else. */
class Undo extends Error {}

/** Whether the same request may be answered otherwise the next time (5xx, a limit): such an answer is not stored. */
function mayChange(c: C): boolean {
  return c.res.status >= 500 || (c.error instanceof DomainError && ERRORS[c.error.code].retryable);
}

async function claimInTransaction(c: C, claim: IdempotencyClaim, next: () => Promise<void>): Promise<void> {
  const { services } = c.var.ctx;
  let first = true;
  try {
    await openTransaction(services, async (tx) => {
      first = await claimKey(services, tx, claim);
      if (!first) return;
      await tx.$executeRawUnsafe("SAVEPOINT verb");
      c.set("ctx", { ...c.var.ctx, tx });
      await next();
      // Hono has made the answer of what was thrown.
      if (mayChange(c)) throw new Undo();
      if (c.error) {
        await tx.$executeRawUnsafe("ROLLBACK TO SAVEPOINT verb");
        const denied = c.error instanceof DomainError ? c.error.denied : undefined;
        if (denied) await emit(services, tx, denied);
        c.set("denialRecorded", true);
      }
      await storeAnswer(services, tx, claim, await answerOf(c));
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  if (!first) await replay(c, claim);
}

/** The verb's statement holds the claim. What it refuses (4xx) wrote nothing, so its answer is stored by itself. */
async function claimInStatement(c: C, claim: IdempotencyClaim, next: () => Promise<void>): Promise<void> {
  const { services } = c.var.ctx;
  c.var.ctx.claim = claim;
  await next();
  if (!c.error) return;
  if (isLockTimeout(c.error)) throw inProgress();
  if (c.error instanceof KeyTaken) return replay(c, claim);
  if (mayChange(c)) return;
  if (!(await claimWithAnswer(services, claim, await answerOf(c)))) await replay(c, claim);
}

const STORED_HEADERS = ["content-type", "www-authenticate"];

async function answerOf(c: C): Promise<Answer> {
  const headers: Record<string, string> = { "x-correlation-id": c.var.ctx.correlationId };
  for (const name of STORED_HEADERS) {
    const value = c.res.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return { status: c.res.status, headers, body: await c.res.clone().text() };
}

async function replay(c: C, claim: IdempotencyClaim): Promise<void> {
  const { services } = c.var.ctx;
  const stored = await storedAnswer(services, claim);
  // Nothing is stored: the one we waited for was rolled back, and this one did not claim. A retry will.
  if (!stored) throw inProgress();
  const response = answer(c, stored.body, stored.status, { ...stored.headers, "idempotent-replayed": "true" });
  c.error = undefined;
  c.res = undefined;
  c.res = response;
}
