type Step = { name: string; run: () => Promise<void> };

export type Shutdown = {
  /** Adds what must be stopped; the last one added is stopped first. */
  add(name: string, run: () => Promise<void>): void;
  isRunning(): boolean;
  /** Stops everything once, however often it is called. */
  run(): Promise<void>;
};

// All steps together stay below the 10 s after which supervisors kill.
const STEP_MS = 7_000;

/** Collects what the process has to stop, in the order in which it was started. */
export function onShutdown(): Shutdown {
  const steps: Step[] = [];
  let running: Promise<void> | null = null;

  async function stopAll(): Promise<void> {
    for (const step of steps.toReversed()) {
      await withDeadline(step).catch((error) => {
        process.stderr.write(
          `  ${step.name} did not stop cleanly: ${error instanceof Error ? error.message : "unknown"}\n`,
        );
      });
    }
  }

  return {
    add: (name, run) => void steps.push({ name, run }),
    isRunning: () => running !== null,
    run: () => {
      running ??= stopAll();
      return running;
    },
  };
}

function withDeadline(step: Step): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STEP_MS);
  });
  return Promise.race([step.run(), deadline]).finally(() => clearTimeout(timer));
}

/** Stops in order on these signals and exits. A signal more while it stops changes nothing: the steps are bounded. */
export function shutDownOn(shutdown: Shutdown, signals: NodeJS.Signals[]): void {
  for (const signal of signals) {
    process.on(signal, () => {
      if (shutdown.isRunning()) return;
      process.stderr.write("\n  Stopping: requests in progress are finished first\n");
      void shutdown.run().then(() => process.exit(process.exitCode ?? 0));
    });
  }
}
