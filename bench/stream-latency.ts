import { percentile } from "./support/load.ts";
import type { Sender } from "./support/seed.ts";

const SENDS = 200;
const GOAL_MS = 200;

/** Milliseconds from the answer of a send to its event at a subscriber. Prints median and 99th percentile. */
export async function measureStream(baseUrl: string, sender: Sender): Promise<void> {
  const headers = { authorization: `Bearer ${sender.key}`, "content-type": "application/json" };
  const stop = new AbortController();
  const stream = await fetch(`${baseUrl}/v1/events/stream`, { headers, signal: stop.signal });
  const arrived = new Map<string, (at: number) => void>();
  const reading = readEvents(stream, (correlationId) => arrived.get(correlationId)?.(performance.now())).catch(() => {
    // Aborted below.
  });
  const latencies: number[] = [];
  for (let at = 0; at < SENDS; at++) {
    const correlationId = `corr_bench_${at}`;
    const seen = new Promise<number>((resolve) => arrived.set(correlationId, resolve));
    await fetch(`${baseUrl}/v1/email/send`, {
      method: "POST",
      headers: { ...headers, "x-correlation-id": correlationId },
      body: JSON.stringify({ to: "human@example.com", subject: "Hello", body: "From an agent." }),
    }).then((answer) => answer.text());
    const answered = performance.now();
    latencies.push(Math.max(0, (await seen) - answered));
  }
  stop.abort();
  await reading;
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
  process.stdout.write(
    `stream latency: median ${p50.toFixed(0)} ms, 99 % ${p99.toFixed(0)} ms    goal: median below ${GOAL_MS} ms\n`,
  );
}

async function readEvents(stream: Response, onEvent: (correlationId: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream.body as ReadableStream<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) onEvent((JSON.parse(line.slice(6)) as { correlationId: string }).correlationId);
    }
  }
}
