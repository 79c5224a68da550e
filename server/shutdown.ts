type Step = { name: string; run: () => Promise<void> };

export type Shutdown = {
  /** Adds what must be stopped; the last one added is stopped first. */
  add(name: string, run: () => Promise<void>): void;
  isRunning(): boolean;
  /** Stops everything and ends the process. Of several calls the first one decides the code. */
  exit(code: number): Promise<never>;
};

// Supervisors kill after 10 s. What is cut short loses nothing: it is as if the process had been killed there.
const TOTAL_MS = 9_000;
// What every step gets, however long the ones before it took.
const LEAST_MS = 750;

/** Collects what the process has to stop, in the order in which it was started. */
export function onShutdown(): Shutdown {
  const steps: Step[] = [];
  let running: Promise<never> | null = null;

  async function stopAll(): Promise<void> {
    const end = performance.now() + TOTAL_MS;
    const order = steps.toReversed();
    for (const [index, step] of order.entries()) {
      const keptForOthers = (order.length - 1 - index) * LEAST_MS;
      const allowed = Math.max(LEAST_MS, end - performance.now() - keptForOthers);
      await withDeadline(step, allowed).catch((error) => {
        const problem = error instanceof Error ? error.message : "unknown";
        process.stderr.write(`  ${step.name} did not stop cleanly: ${problem}\n`);
      });
    }
  }

  return {
    add: (name, run) => void steps.push({ name, run }),
    isRunning: () => running !== null,
    exit: (code) => {
      running ??= stopAll().then(() => process.exit(code));
      return running;
    },
  };
}

function withDeadline(step: Step, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${Math.round(limitMs / 100) / 10} s`)), limitMs);
  });
  return Promise.race([step.run(), deadline]).finally(() => clearTimeout(timer));
}

/** Stops in order on these signals and exits. A signal more while it stops changes nothing: the steps are bounded. */
export function shutDownOn(shutdown: Shutdown, signals: NodeJS.Signals[]): void {
  for (const signal of signals) {
    process.on(signal, () => {
      if (shutdown.isRunning()) return;
      process.stderr.write("\n  Stopping: requests in progress are finished first\n");
      void shutdown.exit(0);
    });
  }
}
