/** Where time comes from. Injected, so that tests can stand at any instant. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that a test sets and moves by hand. */
export class ManualClock implements Clock {
  #now: number;

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(at: Date): void {
    this.#now = at.getTime();
  }

  advanceSeconds(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

/** How a clock was set: so far from the real time, or standing still. A later setting has a higher revision. */
export type ClockSetting = { revision: number; offsetMs: number; frozenAt: string | null };
export const REAL_TIME: ClockSetting = { revision: 0, offsetMs: 0, frozenAt: null };

/** A clock that the whole server shares and that may be set while it runs. */
export class SettableClock implements Clock {
  readonly #base: Clock;
  readonly #onChange: (() => void)[] = [];
  #setting = REAL_TIME;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): Date {
    const { frozenAt, offsetMs } = this.#setting;
    return frozenAt === null ? new Date(this.#base.now().getTime() + offsetMs) : new Date(frozenAt);
  }

  realNow(): Date {
    return this.#base.now();
  }

  get setting(): ClockSetting {
    return this.#setting;
  }

  /** Takes a setting, unless a later one is known: notifications may be late. */
  apply(setting: ClockSetting): void {
    if (setting.revision <= this.#setting.revision) return;
    this.#setting = setting;
    for (const handler of this.#onChange) handler();
  }

  onChange(handler: () => void): void {
    this.#onChange.push(handler);
  }
}
