import type pg from "pg";
import { newId } from "./ids.ts";
import type { Listener } from "./listener.ts";

type Word = { id: string; key: string; payload: unknown } | { taken: string };

const ANSWER_MS = 2_000;

/**
 * Reaches the one process that holds something (a connection), whichever it is, by notifications of the database: each
 * at most 8,000 bytes.
 */
export class Peers {
  readonly #channel: string;
  readonly #pool: pg.Pool;
  readonly #waiting = new Map<string, () => void>();
  #take: (key: string, payload: unknown) => Promise<boolean> = async () => false;

  /** Before the listener is started. */
  constructor(channel: string, pool: pg.Pool, listener: Listener, report: (error: unknown) => void) {
    this.#channel = channel;
    this.#pool = pool;
    listener.on(channel, (text) => void this.#hear(JSON.parse(text) as Word).catch(report));
  }

  /** @param take does what is asked, where this process holds the key; else it answers false */
  onAsked(take: (key: string, payload: unknown) => Promise<boolean>): void {
    this.#take = take;
  }

  /** @returns whether some process has done it */
  async ask(key: string, payload: unknown): Promise<boolean> {
    const id = newId();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    this.#waiting.set(id, () => resolve(true));
    try {
      await this.#say({ id, key, payload });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async #hear(word: Word): Promise<void> {
    if ("taken" in word) this.#waiting.get(word.taken)?.();
    else if (await this.#take(word.key, word.payload)) await this.#say({ taken: word.id });
  }

  async #say(word: Word): Promise<void> {
    await this.#pool.query("SELECT pg_notify($1, $2)", [this.#channel, JSON.stringify(word)]);
  }
}
