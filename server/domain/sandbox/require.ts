import type { Services } from "../context.ts";
import { notFound } from "../errors.ts";

/** NOT_FOUND where the carrier is a real one. */
export function requireSandbox({ carrier }: Services): void {
  if (carrier.name !== "sandbox") throw notFound("sandbox");
}
