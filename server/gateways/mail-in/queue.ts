/** Runs at most `concurrency` tasks at once, the others in order of arrival. */
export function createQueue(concurrency: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place goes to the next task directly, so that no newcomer takes it in between.
      if (next) next();
      else running -= 1;
    }
  };
}
