import { useMay } from "./session.tsx";

/** Why whoever looks at the page may change nothing; null where they may. The verbs refuse; this only spares the try. */
export function useWriteRefusal(): string | null {
  return useMay("write") ? null : "Your role is viewer: an owner or admin can change this.";
}
