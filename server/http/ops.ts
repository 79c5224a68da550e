import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import ipaddr from "ipaddr.js";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Runtime } from "#server/runtime.ts";

type OpsEnv = { Bindings: { incoming?: { socket: { remoteAddress?: string | undefined } } } };

type Ops = { app: Hono<OpsEnv>; countRequest(area: string, status: number): void; drain(): void };

/** What a load balancer and a monitoring system ask: /healthz (process), /readyz (database, queue), /metrics. */
export function createOps(runtime: Runtime): Ops {
  let draining = false;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "anima_http_requests_total",
    help: "HTTP requests answered, by area and status class",
    labelNames: ["area", "status"],
    registers: [registry],
  });
  new Gauge({
    name: "anima_database_connections",
    help: "Connections of the pool, by state",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = runtime.db.pool;
      this.set({ state: "idle" }, idleCount);
      this.set({ state: "busy" }, totalCount - idleCount);
      this.set({ state: "waiting" }, waitingCount);
    },
  });

  const app = new Hono<OpsEnv>();
  for (const path of ["/healthz", "/health"]) app.get(path, (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const problem = draining ? "shutting down" : await findProblem(runtime);
    return problem === null ? c.json({ status: "ready" }) : c.json({ status: "not ready", problem }, 503);
  });
  app.get("/metrics", async (c) => {
    if (
      !mayReadMetrics(c.env.incoming?.socket.remoteAddress, c.req.header("authorization"), runtime.config.metricsToken)
    ) {
      return c.json(
        { status: "forbidden", remedy: "Ask from loopback, or set METRICS_TOKEN and send it as Bearer." },
        403,
      );
    }
    return c.body(await registry.metrics(), 200, { "content-type": registry.contentType });
  });
  return {
    app,
    countRequest: (area, status) => requests.inc({ area, status: `${Math.floor(status / 100)}xx` }),
    drain: () => {
      draining = true;
    },
  };
}

async function findProblem(runtime: Runtime): Promise<string | null> {
  try {
    // The queue's table is there once all migrations are.
    await runtime.db.pool.query("SELECT 1 FROM graphile_worker.jobs LIMIT 1");
  } catch (err) {
    runtime.log.warn({ err }, "not ready");
    return "the database does not answer";
  }
  return runtime.listener.connected ? null : "notifications of the database are interrupted";
}

function mayReadMetrics(address: string | undefined, authorization: string | undefined, token: string | null): boolean {
  if (token === null) return address !== undefined && ipaddr.process(address).range() === "loopback";
  const presented = Buffer.from(authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
