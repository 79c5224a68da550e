import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { Logger as QueueLogger, runMigrations } from "graphile-worker";
import { Sequencer } from "./audit/sequencer.ts";
import { printBanner } from "./banner.ts";
import { queueChangedPlans } from "./domain/billing/apply-plans.ts";
import { createStartLink } from "./domain/console/links.ts";
import { ensureInitialOrganization } from "./domain/organizations/init.ts";
import { writeDnsRecords } from "./gateways/dns-records.ts";
import { createMailGateway } from "./gateways/mail.ts";
import { loadOrCreateCertificate } from "./gateways/mail-in/certificate.ts";
import { createInboxHandler } from "./gateways/mail-in/inbox-handler.ts";
import { startSmtpListener } from "./gateways/mail-in/listener.ts";
import { createLocalDelivery } from "./gateways/mail-in/local-delivery.ts";
import { startPages } from "./http/pages.ts";
import { startHttpServer } from "./http/server.ts";
import { ensurePartitions } from "./jobs/tasks.ts";
import { startWorker } from "./jobs/worker.ts";
import { cannotListen } from "./platform/cannot-listen.ts";
import { type Config, readConfig } from "./platform/config.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./platform/embedded-postgres.ts";
import { errorCode } from "./platform/error-code.ts";
import { createLogger } from "./platform/log.ts";
import { migrate } from "./platform/migrate.ts";
import { StartupError } from "./platform/startup-error.ts";
import { setProcessRuntime } from "./process-runtime.ts";
import { openRuntime, type Runtime } from "./runtime.ts";
import { onShutdown, type Shutdown, shutDownOn } from "./shutdown.ts";

const MIGRATIONS = join(import.meta.dirname, "../prisma/migrations");
const MAX_MAIL_BYTES = 35 * 1024 * 1024;
// What the queue says about its own migrations interests nobody at a start; errors are thrown.
const silentQueue = new QueueLogger(() => () => {});
const isDevelopment = process.argv.includes("--dev");

/** Starts everything that ROLES asks for, in the order in which the parts need each other. */
async function main(): Promise<void> {
  const shutdown = onShutdown();
  shutDownOn(shutdown, ["SIGTERM", "SIGINT"]);
  outliveReaders();
  try {
    const config = readConfig(process.env);
    const dataDir = resolve(config.dataDir);
    const postgres = config.databaseUrl === null ? await startDatabase(dataDir, shutdown) : null;
    const databaseUrl = config.databaseUrl ?? (postgres?.url as string);
    await migrateDatabase(databaseUrl);

    const runtime = await openRuntime({ ...config, dataDir }, databaseUrl);
    shutdown.add("runtime", () => runtime.close());
    await ensurePartitions(runtime);
    await ensureInitialOrganization(runtime);
    await queueChangedPlans(runtime);
    setProcessRuntime(runtime);

    const dnsRecords = config.roles.includes("worker") ? await startWorkerRole(runtime, databaseUrl, shutdown) : null;
    const smtpPort =
      config.roles.includes("mail") && config.smtp.port !== 0 ? await startMailRole(runtime, shutdown) : null;
    const httpPort = await startWebRole(runtime, shutdown, config.roles.includes("web"));
    printBanner({
      config: runtime.config,
      httpPort,
      smtpPort,
      postgres,
      dnsRecords,
      link: config.roles.includes("web") ? await createStartLink(runtime) : null,
    });
  } catch (error) {
    // A signal, or the end of the database, has broken the start off; that was said where it happened.
    if (!shutdown.isRunning()) reportFailure(error);
    await shutdown.exit(1);
  }
}

async function startDatabase(dataDir: string, shutdown: Shutdown): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, onProgress: progress });
  shutdown.add("database", () => postgres.stop());
  void postgres.exited.then(() => {
    if (shutdown.isRunning()) return;
    progress("The embedded database ended. Start Anima again: it recovers by itself.");
    void shutdown.exit(1);
  });
  return postgres;
}

async function migrateDatabase(databaseUrl: string): Promise<void> {
  const { applied } = await migrate({ databaseUrl, migrationsDir: MIGRATIONS, onProgress: progress });
  await runMigrations({ connectionString: databaseUrl, logger: silentQueue });
  if (applied.length > 0) progress(`Database ready (${applied.length} migrations applied)`);
}

/** @returns where the mail domain's DNS records stand; null where it needs none */
async function startWorkerRole(runtime: Runtime, databaseUrl: string, shutdown: Shutdown): Promise<string | null> {
  const { clock, config, log } = runtime;
  const onError = (err: unknown) => log.error({ err }, "mail could not be delivered here");
  const here = createLocalDelivery({
    hostname: config.mailDomain,
    spoolDir: join(config.dataDir, "spool"),
    handler: createInboxHandler(runtime),
    clock,
    onError,
  });
  const mail = createMailGateway(config, here);
  const sequencer = new Sequencer(runtime.db.pool, (err) => log.error({ err }, "events could not be sequenced"));
  sequencer.start();
  runtime.sandboxTicker?.start();
  const worker = await startWorker(runtime, databaseUrl, mail.gateway);
  shutdown.add("worker", async () => {
    await worker.stop();
    await sequencer.stop();
    await Promise.all([mail.close(), here.close()]);
  });
  return writeDnsRecords(runtime, mail.gateway);
}

/** What sends mail from here is the operator's own. */
const THIS_MACHINE = ["127.0.0.0/8", "::1"];

async function startMailRole(runtime: Runtime, shutdown: Shutdown): Promise<number> {
  const { clock, config, log } = runtime;
  const listener = await startSmtpListener({
    host: config.smtp.host,
    port: config.smtp.port,
    hostname: config.mailDomain,
    shared: [...THIS_MACHINE, ...config.trustedProxies],
    maxBytes: MAX_MAIL_BYTES,
    spoolDir: join(config.dataDir, "spool"),
    tls: await loadCertificate(config, clock),
    handler: createInboxHandler(runtime),
    onError: (err) => log.error({ err }, "mail could not be taken"),
    clock,
  }).catch((error) => {
    throw cannotListen(error, {
      name: "SMTP port",
      port: config.smtp.port,
      portVariable: "SMTP_PORT",
      orElse: ", or to 0 for no inbound mail",
      host: config.smtp.host,
      hostVariable: "SMTP_HOST",
    });
  });
  shutdown.add("inbound mail", () => listener.close());
  return listener.port;
}

async function loadCertificate(config: Config, clock: Runtime["clock"]) {
  const { certPath, keyPath } = config.smtp;
  if (certPath === null || keyPath === null) return loadOrCreateCertificate(config.dataDir, config.mailDomain, clock);
  try {
    const pair = { cert: await readFile(certPath, "utf8"), key: await readFile(keyPath, "utf8") };
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    throw new StartupError(
      `SMTP_TLS_CERT or SMTP_TLS_KEY cannot be used (${errorCode(cause)}).`,
      "Point them to PEM files that this user may read: a certificate, and the key that belongs to it.",
      { cause },
    );
  }
}

/** A process without the web role still answers its health checks, so that it can be watched. */
async function startWebRole(runtime: Runtime, shutdown: Shutdown, withPages: boolean): Promise<number> {
  const { port, host } = runtime.config;
  if (withPages) progress(isDevelopment ? "Starting the console (compiles as you go)" : "Starting the console");
  const pages = withPages ? await startPages({ dev: isDevelopment, hostname: host, port }) : null;
  if (pages) shutdown.add("pages", () => pages.close());
  const http = await startHttpServer(runtime, pages?.handler ?? null);
  shutdown.add("http", async () => {
    runtime.live.close();
    await http.close();
  });
  return http.port;
}

/** Goes on when whoever read the output has ended (EPIPE): there is nobody left to tell, and mail still to deliver. */
function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
}

function progress(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function reportFailure(error: unknown): void {
  if (error instanceof StartupError) {
    process.stderr.write(`\nAnima cannot start. ${error.message} ${error.remedy}\n`);
    return;
  }
  createLogger("fatal").fatal({ err: error }, "Anima cannot start");
}

await main();
