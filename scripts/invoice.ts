/**
 * Settles an invoice, for whoever runs the server: no key of an organisation can void what it owes.
 *
 *   npm run invoice -- void INV-000017 "billed twice"
 *   npm run invoice -- uncollectible INV-000017 "insolvent"
 *   npm run invoice -- paid INV-000017 "arrived by bank transfer"
 *
 * Run it with the server's environment (DATA_DIR or DATABASE_URL), while the server runs.
 */
import { parseArgs } from "node:util";
import { DomainError } from "#server/domain/errors.ts";
import { SETTLEMENTS, settleInvoice } from "#server/domain/payments/settle-invoice.ts";
import { readConfig } from "#server/platform/config.ts";
import { runningDatabaseUrl } from "#server/platform/embedded-postgres/running.ts";
import { openRuntime } from "#server/runtime.ts";

const USAGE = `Usage: npm run invoice -- ${SETTLEMENTS.join("|")} <number> <reason>`;

async function main(): Promise<void> {
  const [asked, number, reason, ...rest] = parseArgs({ allowPositionals: true }).positionals;
  const settlement = SETTLEMENTS.find((name) => name === asked);
  if (!settlement || number === undefined || reason === undefined || rest.length > 0) throw new Error(USAGE);
  const config = readConfig({ ...process.env, LOG_LEVEL: "error" });
  const databaseUrl = config.databaseUrl ?? (await runningDatabaseUrl(config.dataDir));
  if (databaseUrl === null) throw new Error(`No server runs on ${config.dataDir}: start it, or set DATABASE_URL.`);
  const runtime = await openRuntime(config, databaseUrl);
  try {
    const { orgId } = await settleInvoice(runtime, { number, settlement, reason });
    console.log(`${number} of the organisation ${orgId} is ${settlement}.`);
  } finally {
    await runtime.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof DomainError ? `${error.code}: ${error.message}` : (error as Error).message);
  process.exitCode = 1;
}
