import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/root.ts";

type Entered = inferRouterOutputs<AppRouter>["session"]["signInWithPassword"];

/** Where a sign-in stands: at its beginning, waiting for a mailed code, or at a question of the server. */
export type Step =
  | { step: "start" }
  | { step: "code"; codeId: string; email: string }
  | Exclude<Entered, { step: "signed-in" }>;

export type OnEntered = (entered: Entered) => void;
