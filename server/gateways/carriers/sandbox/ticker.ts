import type { Services } from "#server/domain/context.ts";
import { sweepSandbox, tellDue } from "#server/domain/sandbox/tell-due.ts";

const LOOK_MS = 25;
/** Where a notification was lost, or the process that told things has died. */
const AT_LEAST_MS = 2_000;
const AFTER_FAILURE_MS = 500;
const SWEEP_MS = 3_600_000;

/** Tells what happens in the sandbox when the clock says that it does, however the clock moves. */
export class SandboxTicker {
  readonly #services: () => Services;
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(services: () => Services) {
    this.#services = services;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something new is to happen, or the clock was set. */
  wake(): void {
    this.#wake.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let sweptAt = performance.now();
    while (!this.#stopped) {
      this.#wake = Promise.withResolvers();
      const services = this.#services();
      try {
        const { next, failed } = await tellDue(services, services.carrierNews);
        if (performance.now() - sweptAt > SWEEP_MS) {
          sweptAt = performance.now();
          await sweepSandbox(services);
        }
        await (failed ? this.#pause(AFTER_FAILURE_MS) : this.#until(next));
      } catch (err) {
        services.log.warn({ err }, "what happens in the sandbox could not be told");
        await this.#pause(AFTER_FAILURE_MS);
      }
    }
  }

  /** Until the clock says so. Clocks give no alarm, so it is looked at: nothing but a number is compared. */
  async #until(next: Date | null): Promise<void> {
    const end = performance.now() + AT_LEAST_MS;
    const { clock } = this.#services();
    while (performance.now() < end && !this.#stopped) {
      if (next !== null && clock.now() >= next) return;
      const woken = await this.#pause(next === null ? end - performance.now() : LOOK_MS);
      if (woken) return;
    }
  }

  /** @returns whether it was woken before */
  async #pause(milliseconds: number): Promise<boolean> {
    if (this.#stopped) return true;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), Math.max(1, milliseconds));
    });
    return Promise.race([timeout, this.#wake.promise.then(() => true)]).finally(() => clearTimeout(timer));
  }
}
