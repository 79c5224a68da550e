import { once } from "node:events";
import { WebSocket } from "ws";

export type Memory = { heapMb: number; residentMb: number };

/** What a process that was started with `--inspect` on this port holds in memory, once all garbage is collected. */
export async function memoryOf(port: number): Promise<Memory> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  if (!target) throw new Error(`nothing can be inspected on port ${port}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, "open");
  const ask = async <Result>(method: string, params: object = {}): Promise<Result> => {
    socket.send(JSON.stringify({ id: 1, method, params }));
    const [data] = await once(socket, "message");
    return (JSON.parse(String(data)) as { result: Result }).result;
  };
  await ask("HeapProfiler.collectGarbage");
  const { usedSize } = await ask<{ usedSize: number }>("Runtime.getHeapUsage");
  const expression = "process.memoryUsage.rss()";
  const { result } = await ask<{ result: { value: number } }>("Runtime.evaluate", { expression });
  socket.close();
  return { heapMb: usedSize / 2 ** 20, residentMb: result.value / 2 ** 20 };
}
