/** Work that many want at the same moment, done once for all of them, by key. What fails, fails for all; the next one begins anew. */
export class SharedWork<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running) return running;
    const begun = work().finally(() => {
      if (this.#running.get(key) === begun) this.#running.delete(key);
    });
    this.#running.set(key, begun);
    return begun;
  }

  /** Nobody joins what runs now. */
  forget(): void {
    this.#running.clear();
  }
}
