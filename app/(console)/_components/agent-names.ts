export type Names = ReadonlyMap<string, string>;

/** Asks what agents are called, many at once. */
export type AskNames = (ids: string[]) => Promise<Names>;

const GATHER_MS = 20;
const KEPT_MS = 60_000;

/**
 * Names of agents that are looked up as they are wanted: a page with rows of ten thousand agents asks for those of the rows
 * that are drawn, together. What a name has become since is asked after a minute, when it is wanted again.
 */
export class AgentNames {
  readonly #ask: AskNames;
  readonly #atOnce: number;
  readonly #askedAt = new Map<string, number>();
  readonly #changed = new Set<() => void>();
  #wanted: string[] = [];
  #names: Names = new Map();

  constructor(ask: AskNames, atOnce: number) {
    this.#ask = ask;
    this.#atOnce = atOnce;
  }

  /** What is known. Another map as soon as more is. */
  known = (): Names => this.#names;

  subscribe = (changed: () => void): (() => void) => {
    this.#changed.add(changed);
    return () => void this.#changed.delete(changed);
  };

  /** Has an agent's name looked up, unless it just was. */
  want(id: string): void {
    const askedAt = this.#askedAt.get(id);
    if (askedAt !== undefined && Date.now() - askedAt < KEPT_MS) return;
    this.#askedAt.set(id, Date.now());
    this.#wanted.push(id);
    if (this.#wanted.length === 1) setTimeout(() => void this.#askAll(), GATHER_MS);
  }

  async #askAll(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let first = 0; first < wanted.length; first += this.#atOnce) {
      const ids = wanted.slice(first, first + this.#atOnce);
      try {
        this.#names = new Map([...this.#names, ...(await this.#ask(ids))]);
      } catch {
        // The rows go on showing ids, which is no news to anybody; after a minute they may ask again.
        continue;
      }
      for (const changed of this.#changed) changed();
    }
  }
}
