/** How the server's clock stands beside the real one. */
export type ClockView = { now: string; realNow: string; frozen: boolean };

/** Whether the server goes by the real time: what is read of both clocks one after the other differs by moments. */
export function isRealTime({ now, realNow, frozen }: ClockView): boolean {
  return !frozen && Math.abs(Date.parse(now) - Date.parse(realNow)) < 1_000;
}
