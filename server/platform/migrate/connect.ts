import { Client } from "pg";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";

const CONNECT_MS = 10_000;
const OLDEST_VERSION = 150_000;

/** A connection without time limits for statements. Throws a StartupError, which never shows the password. */
export async function connectForMigration(databaseUrl: string): Promise<Client> {
  const client = newClient(databaseUrl);
  // A connection that breaks while it is idle; the next query reports it.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw explain(cause, client);
  }
  try {
    await client.query("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    await requireSupportedVersion(client);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

function newClient(connectionString: string): Client {
  try {
    return new Client({ connectionString, connectionTimeoutMillis: CONNECT_MS, application_name: "anima migrate" });
  } catch {
    // The parser's error quotes the string, and with it the password.
    throw new StartupError(
      "DATABASE_URL is not a connection string.",
      "Write it as postgresql://user:password@host:5432/database, special characters percent-encoded.",
    );
  }
}

async function requireSupportedVersion(client: Client): Promise<void> {
  const { rows } = await client.query(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name",
  );
  if (rows[0].number >= OLDEST_VERSION) return;
  throw new StartupError(
    `The server at ${place(client)} is PostgreSQL ${rows[0].name}; Anima needs 15 or newer.`,
    "Upgrade it, or set DATABASE_URL to a newer one; without DATABASE_URL Anima brings its own.",
  );
}

// Codes of PostgreSQL: appendix A of its manual.
function explain(cause: unknown, client: Client): StartupError {
  const code = errorCode(cause);
  if (code === "28P01" || code === "28000") {
    return new StartupError(
      `PostgreSQL at ${place(client)} refuses the user "${client.user}" (${code}: ${messageOf(cause)}).`,
      "Correct the user and password in DATABASE_URL, or allow that user in pg_hba.conf.",
      { cause },
    );
  }
  if (code === "3D000") {
    return new StartupError(
      `PostgreSQL at ${place(client)} has no database "${client.database}".`,
      `Create it (CREATE DATABASE "${client.database}"), or correct DATABASE_URL.`,
      { cause },
    );
  }
  return new StartupError(
    `PostgreSQL at ${place(client)} cannot be reached (${messageOf(cause) || code}).`,
    "Start it, or correct host and port in DATABASE_URL; without DATABASE_URL Anima brings its own.",
    { cause },
  );
}

function place(client: Client): string {
  return `${client.host}:${client.port}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
