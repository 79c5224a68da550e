import { join } from "node:path";
import { LiveLog } from "./audit/live.ts";
import { BudgetWatch } from "./domain/billing/watch.ts";
import { CallFeed } from "./domain/calls/feed.ts";
import { receiveNews } from "./domain/calls/receive-news.ts";
import type { Services } from "./domain/context.ts";
import { Directory } from "./domain/directory.ts";
import { applyDuePlan } from "./domain/invoices/close-month.ts";
import { manualPayments } from "./domain/payments/manual.ts";
import type { CarrierNews } from "./domain/phone/news.ts";
import { DIALS_PER_SECOND } from "./domain/phone/rules/limits.ts";
import { CLOCK_CHANNEL, readClockSetting } from "./domain/sandbox/clock.ts";
import { STEP_CHANNEL } from "./domain/sandbox/steps.ts";
import { CONTROL_CHANNEL } from "./domain/transaction.ts";
import { FileBlobs } from "./gateways/blobs/file-blobs.ts";
import { createCarrier } from "./gateways/carriers/create.ts";
import { SandboxTicker } from "./gateways/carriers/sandbox/ticker.ts";
import { mailWriter } from "./gateways/mail-out/writer.ts";
import { type Clock, SettableClock, systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config.ts";
import { openDatabase } from "./platform/database.ts";
import { Listener } from "./platform/listener.ts";
import { createLogger, type Logger } from "./platform/log.ts";
import { Peers } from "./platform/peers.ts";
import { createRateLimits } from "./platform/rate-limit.ts";
import { checkRootKey, loadRootKey } from "./platform/root-key-file.ts";
import type { SocketRoute } from "./platform/socket-route.ts";
import type { RestServices } from "./rest/environment.ts";

const PEERS_CHANNEL = "anima_carrier";

export type Runtime = RestServices & {
  listener: Listener;
  /** Wakes whoever follows calls. */
  callFeed: CallFeed;
  /** Paths whose requests become WebSockets. */
  sockets: SocketRoute[];
  /** Tells what happens in the sandbox, once it is started; null with a real carrier. */
  sandboxTicker: SandboxTicker | null;
  close(): Promise<void>;
};

type Options = {
  clock?: Clock;
  log?: Logger;
  /** What takes the carrier's news. */
  receiveNews?: (services: Services, news: CarrierNews[]) => Promise<void>;
};

/** Opens what the process shares: database, notifications, caches, limits, blobs. The database is already migrated. */
export async function openRuntime(config: Config, databaseUrl: string, options: Options = {}): Promise<Runtime> {
  const realClock = options.clock ?? systemClock;
  const testClock = config.carrier.name === "sandbox" ? new SettableClock(realClock) : null;
  const clock = testClock ?? realClock;
  const log = options.log ?? createLogger(config.logLevel);
  const report = (part: string) => (err: unknown) => log.warn({ err }, part);
  const rootKey = await loadRootKey(config.rootKey, config.dataDir);
  const db = openDatabase(databaseUrl, report("an idle database connection was lost"));
  await checkRootKey(db, rootKey);

  const listener = new Listener(databaseUrl, report("notifications are interrupted"));
  const directory = new Directory(
    db,
    clock,
    () => listener.connected,
    report("the key's last use was not noted"),
    (orgId) => applyDuePlan(runtime, orgId),
  );
  listener.on(CONTROL_CHANNEL, (orgId) => directory.forget(orgId));
  listener.onReconnect(() => directory.forget());
  const live = new LiveLog(db.pool, listener, report("the live log could not be read"));
  const services = () => runtime;
  const callFeed = new CallFeed(listener);
  const peers = new Peers(PEERS_CHANNEL, db.pool, listener, report("what another process asks could not be done"));
  const carrierInUse = await createCarrier({
    config,
    clock,
    services,
    peers,
    report: report("the carrier's connection"),
  });
  const sandboxTicker = testClock && new SandboxTicker(services);
  if (testClock) {
    listener.on(CLOCK_CHANNEL, (setting) => testClock.apply(JSON.parse(setting)));
    listener.on(STEP_CHANNEL, () => sandboxTicker?.wake());
    testClock.onChange(() => sandboxTicker?.wake());
    listener.onReconnect(() => {
      readClockSetting(db).then((setting) => testClock.apply(setting), report("the clock's setting could not be read"));
    });
  }
  await listener.start();
  testClock?.apply(await readClockSetting(db));
  // Its client is loaded where it is used.
  const payments = config.stripe
    ? (await import("./gateways/payments/stripe.ts")).stripePayments(config.stripe)
    : manualPayments;
  const rateLimits = createRateLimits(config.redisUrl, report("Redis does not answer"));
  const blobs = new FileBlobs(join(config.dataDir, "blobs"));

  const budgetWatch = new BudgetWatch(() => runtime, report("a limit could not be looked at"));

  const runtime: Runtime = {
    config,
    db,
    clock,
    log,
    rootKey,
    blobs,
    mailWriter,
    directory,
    payments,
    carrier: carrierInUse.carrier,
    sockets: carrierInUse.sockets,
    carrierNews: (news) => (options.receiveNews ?? receiveNews)(runtime, news),
    testClock,
    callFeed,
    budgetWatch,
    signUpLimit: (address) => rateLimits.take("sign-up", address, config.signupsPerHour, 3_600),
    dialLimit: (orgId) => rateLimits.take("dial", orgId, DIALS_PER_SECOND, 1),
    rateLimits,
    live,
    listener,
    sandboxTicker,
    async close() {
      await sandboxTicker?.stop();
      carrierInUse.close();
      live.close();
      await budgetWatch.close();
      await listener.close();
      await rateLimits.close();
      await db.close();
    },
  };
  return runtime;
}
