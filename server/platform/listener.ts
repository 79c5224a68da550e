import pg from "pg";

type Handler = (payload: string) => void;
const RECONNECT_MS = 500;
const PING_INTERVAL_MS = 2_000;
const PING_TIMEOUT_MS = 2_000;

/**
 * One LISTEN connection for the whole process. After a lost connection it reconnects and calls onReconnect, since
 * whatever was notified in between is gone.
 */
export class Listener {
  readonly #url: string;
  readonly #onError: (error: unknown) => void;
  readonly #handlers = new Map<string, Handler[]>();
  readonly #onReconnect: (() => void)[] = [];
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  #closed = false;
  #connected = false;

  constructor(url: string, onError: (error: unknown) => void) {
    this.#url = url;
    this.#onError = onError;
  }

  /** Whether notifications arrive at this moment. While they do not, nothing may be trusted to be current. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Registers before start(). */
  on(channel: string, handler: Handler): void {
    this.#handlers.set(channel, [...(this.#handlers.get(channel) ?? []), handler]);
  }

  onReconnect(handler: () => void): void {
    this.#onReconnect.push(handler);
  }

  async start(): Promise<void> {
    await this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#connected = false;
    clearTimeout(this.#retry);
    clearTimeout(this.#ping);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: "anima listener",
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: PING_TIMEOUT_MS,
    });
    this.#client = client;
    client.on("notification", (message) => {
      for (const handler of this.#handlers.get(message.channel) ?? []) handler(message.payload ?? "");
    });
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    await client.connect();
    for (const channel of this.#handlers.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    this.#connected = true;
    this.#pingLater(client);
  }

  /** A peer that vanished without a word says nothing for minutes: it is asked, since what is cached relies on it. */
  #pingLater(client: pg.Client): void {
    this.#ping = setTimeout(async () => {
      try {
        await client.query("SELECT 1");
        if (this.#client === client) this.#pingLater(client);
      } catch {
        this.#lost(client);
        // It is given up; that it cannot say goodbye either is no news.
        client.end().catch(() => {});
      }
    }, PING_INTERVAL_MS);
  }

  #lost(client: pg.Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#connected = false;
    this.#client = undefined;
    this.#retryLater();
  }

  /** One attempt waits at a time: a connection that breaks while it is made is told of twice, by its end and by its error. */
  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#reconnect(), RECONNECT_MS);
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#connect();
      for (const handler of this.#onReconnect) handler();
    } catch (error) {
      this.#onError(error);
      if (this.#closed) return;
      this.#client = undefined;
      this.#retryLater();
    }
  }
}
