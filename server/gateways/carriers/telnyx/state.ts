import { z } from "zod";

/** What we give Telnyx along with a command: it comes back with the webhooks that follow. */
const State = z.object({
  /** Our token of the call. */
  token: z.string().optional(),
  /** What is to be said when the call is answered. */
  greeting: z.string().optional(),
  voiceId: z.string().optional(),
  language: z.string().optional(),
  /** The turn that is being spoken; only where this is its end. */
  turnId: z.string().optional(),
  greets: z.boolean().optional(),
});
export type State = z.output<typeof State>;

export function writeState(state: State): string {
  return Buffer.from(JSON.stringify(state)).toString("base64");
}

/** Empty where it is none of ours. */
export function readState(text: string | null | undefined): State {
  try {
    return State.parse(JSON.parse(Buffer.from(text ?? "", "base64").toString()));
  } catch {
    return {};
  }
}
