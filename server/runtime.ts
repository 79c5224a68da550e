import { join } from "node:path";
import { LiveLog } from "./audit/live.ts";
import { Directory } from "./domain/directory.ts";
import { CONTROL_CHANNEL } from "./domain/transaction.ts";
import { FileBlobs } from "./gateways/blobs/file-blobs.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config.ts";
import { openDatabase } from "./platform/database.ts";
import { Listener } from "./platform/listener.ts";
import { createLogger, type Logger } from "./platform/log.ts";
import { createRateLimits } from "./platform/rate-limit.ts";
import { checkRootKey, loadRootKey } from "./platform/root-key-file.ts";
import type { RestServices } from "./rest/environment.ts";

export type Runtime = RestServices & { listener: Listener; close(): Promise<void> };

/** Opens what the process shares: database, notifications, caches, limits, blobs. The database is already migrated. */
export async function openRuntime(
  config: Config,
  databaseUrl: string,
  options: { clock?: Clock; log?: Logger } = {},
): Promise<Runtime> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger(config.logLevel);
  const report = (part: string) => (err: unknown) => log.warn({ err }, part);
  const rootKey = await loadRootKey(config.rootKey, config.dataDir);
  const db = openDatabase(databaseUrl, report("an idle database connection was lost"));
  await checkRootKey(db, rootKey);

  const listener = new Listener(databaseUrl, report("notifications are interrupted"));
  const directory = new Directory(db, clock, () => listener.connected, report("the key's last use was not noted"));
  listener.on(CONTROL_CHANNEL, (orgId) => directory.forget(orgId));
  listener.onReconnect(() => directory.forget());
  const live = new LiveLog(db.pool, listener, report("the live log could not be read"));
  await listener.start();
  const rateLimits = createRateLimits(config.redisUrl, report("Redis does not answer"));
  const blobs = new FileBlobs(join(config.dataDir, "blobs"));

  return {
    config,
    db,
    clock,
    log,
    rootKey,
    blobs,
    directory,
    signUpLimit: (address) => rateLimits.take("sign-up", address, config.signupsPerHour, 3_600),
    rateLimits,
    live,
    listener,
    async close() {
      live.close();
      await listener.close();
      await rateLimits.close();
      await db.close();
    },
  };
}
