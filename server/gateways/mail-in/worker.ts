import { type ExtractInput, extractReply } from "./extract-reply.ts";
import { type ParseInput, parseMessage } from "./parse-message.ts";
import { type DkimInput, verifyDkim } from "./verify-dkim.ts";

export type MailJob =
  | ({ kind: "parse" } & ParseInput)
  | ({ kind: "verify-dkim" } & DkimInput)
  | ({ kind: "extract" } & ExtractInput);

export type MailJobReply = { value: unknown } | { error: string };
export type MailWorkerMessage = "ready" | MailJobReply;

function runJob(job: MailJob): unknown {
  if (job.kind === "parse") return parseMessage(job);
  if (job.kind === "verify-dkim") return verifyDkim(job);
  return extractReply(job);
}

function post(message: MailWorkerMessage): void {
  process.send?.(message);
}

// One job at a time: the pool sends the next one only after this one's reply.
process.on("message", async (job: MailJob) => {
  try {
    post({ value: await runJob(job) });
  } catch (error) {
    post({ error: error instanceof Error ? error.message : String(error) });
  }
});
// The server's end is this process's end, also after kill -9.
process.on("disconnect", () => process.exit());
// A terminal sends these to the whole process group; mails in work are still wanted then. The pool ends this process.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
post("ready");
