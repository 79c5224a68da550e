import type { Meter } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { capOf } from "./meters.ts";
import type { LimitReached } from "./spend.ts";
import { checkBudgets, checkStorage, type Refused } from "./warnings.ts";

const DELAY_MS = 1_000;

type Touched = { scopes: Set<string>; meters: Set<string>; refused: Refused[]; timer: NodeJS.Timeout };

/**
 * Looks after an action whether a limit of the organisation has reached a threshold: at most once a second for each
 * organisation, beside the actions, which wait for none of it. What a process that ends does not get to is found by the
 * regular task.
 */
export class BudgetWatch {
  readonly #services: () => Services;
  readonly #onError: (error: unknown) => void;
  readonly #touched = new Map<string, Touched>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(services: () => Services, onError: (error: unknown) => void) {
    this.#services = services;
    this.#onError = onError;
  }

  /** Notes that an agent has spent, or was refused. */
  touch(orgId: string, agentId: string, meter: Meter, refusal?: LimitReached): void {
    if (this.#closed) return;
    const touched = this.#touched.get(orgId) ?? this.#begin(orgId);
    touched.scopes.add(agentId);
    touched.meters.add(meter);
    const cap = capOf(meter);
    if (cap) touched.meters.add(cap.cap);
    if (!refusal) return;
    const { scope, meter: refusing, limit } = refusal.shortage;
    touched.refused.push({ scope, meter: refusing, period: limit.startsWith("month") ? "month" : "day" });
  }

  /** Ends after what is due was looked at. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const orgId of [...this.#touched.keys()]) this.#check(orgId);
    await Promise.all(this.#running);
  }

  #begin(orgId: string): Touched {
    const timer = setTimeout(() => this.#check(orgId), DELAY_MS);
    const touched = { scopes: new Set([""]), meters: new Set<string>(), refused: [], timer };
    this.#touched.set(orgId, touched);
    return touched;
  }

  #check(orgId: string): void {
    const touched = this.#touched.get(orgId);
    if (!touched) return;
    clearTimeout(touched.timer);
    this.#touched.delete(orgId);
    const { scopes, meters, refused } = touched;
    const services = this.#services();
    const check = Promise.all([
      checkBudgets(services, orgId, [...scopes], [...meters], refused),
      meters.has("storage_gb") ? checkStorage(services, orgId) : null,
    ])
      .then(() => {})
      .catch(this.#onError)
      .finally(() => this.#running.delete(check));
    this.#running.add(check);
  }
}
