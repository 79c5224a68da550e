import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "./generated/client.ts";

export type { Prisma } from "./generated/client.ts";

/** The connection pool for the hand-written statements, and Prisma over the same pool for everything that is not hot. */
export type Database = { pool: pg.Pool; prisma: PrismaClient; close(): Promise<void> };

/** Prisma inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const LOCK_TIMEOUT_MS = 10_000;

/** Opens the database. Nothing connects before the first query. */
export function openDatabase(
  url: string,
  onIdleError: (error: Error) => void,
  options: { maxConnections?: number } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 16,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    application_name: "anima",
    // How long a request waits for an equal one that is running (see idempotency/claim.ts).
    lock_timeout: LOCK_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that dies (a restarted database) is replaced by the pool; without a listener it would end us.
  pool.on("error", onIdleError);
  // One that dies while it is taken, between two queries, would end us too. The next query on it rejects.
  pool.on("connect", (client) => client.on("error", () => {}));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return {
    pool,
    prisma,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/**
 * Like pool.query, for a statement that may refuse (RAISE): the connection is kept. The pool gives one up after any error,
 * and opening another costs a hundred times what the refusal does.
 */
export async function queryOnKept<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await client.query<Row>(query);
  } catch (error) {
    // FATAL and what is not the database's word end the connection.
    broken = !(error instanceof pg.DatabaseError && error.severity === "ERROR");
    throw error;
  } finally {
    client.release(broken);
  }
}
