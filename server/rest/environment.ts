import type { LiveLog } from "#server/audit/live.ts";
import type { Context, IdempotencyClaim, Services } from "#server/domain/context.ts";
import type { Quota, RateLimits } from "#server/platform/rate-limit.ts";
import type { RouteDefinition } from "./route.ts";

/** What the REST layer is given once. */
export type RestServices = Services & { rateLimits: RateLimits; live: LiveLog };

/** What the pipeline knows of one request, in the order in which the steps find it out. */
export type RestEnv = {
  Bindings: { incoming?: { socket: { remoteAddress?: string | undefined } } };
  Variables: {
    requestId: string;
    clientAddress: string;
    /** Undefined where no route matched. */
    route: RouteDefinition | undefined;
    ctx: Context;
    quotas: { minute: Quota; second: Quota };
    /** Set by the idempotency step for the one that records refusals: it was already done in the transaction. */
    denialRecorded: boolean;
    claim: IdempotencyClaim;
  };
};
