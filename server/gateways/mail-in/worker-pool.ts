import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ExtractedReply, ExtractInput } from "./extract-reply.ts";
import type { MailInLimits } from "./limits.ts";
import type { ParseInput } from "./parse-message.ts";
import type { ParsedMessage } from "./types.ts";
import type { DkimInput, DkimOutcome } from "./verify-dkim.ts";
import type { MailJob, MailJobReply, MailWorkerMessage } from "./worker.ts";

type Task = { job: MailJob; timeoutMs: number; resolve: (value: unknown) => void; reject: (error: Error) => void };
type Member = { child: ChildProcess; task: Task | null; timer: NodeJS.Timeout | undefined; failure: Error | null };

const START_MS = 30_000; // a worker loads its modules in about half a second

type PoolLimits = Pick<MailInLimits, "workers" | "workerHeapMb" | "parseMs" | "verifyMs" | "extractMs">;

/**
 * Worker processes for the work that hostile mail can make long or large: parsing, DKIM hashing, reply extraction. Each
 * job has a deadline and each worker a heap limit; a worker that exceeds one ends, its job rejects, and the next job
 * gets a new worker. So the event loop never waits for a mail. Processes and not threads, because a thread that
 * runs out of heap can take the server down with it; and these get no environment but NODE_ENV, so no secrets.
 */
export class MailWorkerPool {
  #limits: PoolLimits;
  #members = new Set<Member>();
  #waiting: Task[] = [];
  #closed = false;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  parse(input: ParseInput): Promise<ParsedMessage> {
    return this.#run({ kind: "parse", ...input }, this.#limits.parseMs) as Promise<ParsedMessage>;
  }

  verifyDkim(input: DkimInput): Promise<DkimOutcome> {
    return this.#run({ kind: "verify-dkim", ...input }, this.#limits.verifyMs) as Promise<DkimOutcome>;
  }

  extractReply(input: ExtractInput): Promise<ExtractedReply | null> {
    return this.#run({ kind: "extract", ...input }, this.#limits.extractMs) as Promise<ExtractedReply | null>;
  }

  /** Ends the workers; jobs that have not finished reject. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new Error("Mail workers are closed"));
    await Promise.all(
      [...this.#members].map((member) => {
        member.child.ref();
        const exited = once(member.child, "exit");
        member.child.kill("SIGKILL");
        return exited;
      }),
    );
  }

  #run(job: MailJob, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error("Mail workers are closed"));
      this.#waiting.push({ job, timeoutMs, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#closed) return;
    const idle = [...this.#members].find((member) => member.task === null);
    if (!idle && this.#members.size >= this.#limits.workers) return;
    const task = this.#waiting.shift();
    if (!task) return;
    if (idle) this.#give(idle, task);
    else this.#start(task);
  }

  #give(member: Member, task: Task): void {
    member.task = task;
    this.#setDeadline(member, task.timeoutMs, `Mail job ${task.job.kind}`);
    member.child.send(task.job);
  }

  #start(task: Task): void {
    const child = fork(new URL("./worker.ts", import.meta.url), [], {
      execArgv: [`--max-old-space-size=${this.#limits.workerHeapMb}`],
      env: { NODE_ENV: process.env.NODE_ENV },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"], // mailauth writes to stdout for some signatures
    });
    child.unref();
    child.channel?.unref();
    const member: Member = { child, task, timer: undefined, failure: null };
    this.#members.add(member);
    this.#setDeadline(member, START_MS, "Mail worker start");
    child.on("message", (message: MailWorkerMessage) => {
      clearTimeout(member.timer);
      // Sent only now, so that loading the modules does not count against the job's deadline.
      if (message === "ready") this.#give(member, task);
      else this.#finish(member, message);
    });
    child.on("error", (error) => this.#drop(member, error));
    child.on("exit", (code, signal) => this.#drop(member, new Error(`Mail worker ended with ${signal ?? code}`)));
  }

  #drop(member: Member, reason: Error): void {
    if (!this.#members.delete(member)) return;
    clearTimeout(member.timer);
    member.child.kill("SIGKILL");
    member.task?.reject(member.failure ?? reason);
    this.#next();
  }

  #finish(member: Member, message: MailJobReply): void {
    const task = member.task;
    member.task = null;
    if ("error" in message) task?.reject(new Error(message.error));
    else task?.resolve(message.value);
    this.#next();
  }

  #setDeadline(member: Member, ms: number, what: string): void {
    member.timer = setTimeout(() => {
      member.failure = new Error(`${what} took longer than ${ms} ms`);
      member.child.kill("SIGKILL");
    }, ms);
  }
}
