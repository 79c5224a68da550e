/**
 * Lets equal requests of this process wait for each other outside the database. There, each one that waits would hold a
 * connection, and the one that they all wait for may need another.
 */
export class Turns {
  readonly #waitMs: number;
  readonly #last = new Map<string, Promise<void>>();

  /** @param waitMs how long a request waits for its turn */
  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Runs when everything that took the same name before has ended. @returns false when that took too long */
  async take(name: string, run: () => Promise<void>): Promise<boolean> {
    const before = this.#last.get(name);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const last = before ? before.then(() => ended) : ended;
    this.#last.set(name, last);
    // Neither promise rejects. One that gave up waiting must not hide the one that still runs.
    void last.then(() => {
      if (this.#last.get(name) === last) this.#last.delete(name);
    });
    try {
      if (before && !(await this.#endsInTime(before))) return false;
      await run();
      return true;
    } finally {
      end();
    }
  }

  async #endsInTime(before: Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#waitMs);
    });
    try {
      return await Promise.race([before.then(() => true), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
