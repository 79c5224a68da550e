import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of live memory: heap and buffers after a garbage collection. */
export function liveMemory(): number {
  // Buffers are freed beside the collection that finds them dead; the next one waits until they are.
  collectGarbage();
  collectGarbage();
  // Buffers are in `external` too.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
