import { errorOf } from "../_lib/errors.ts";
import { PasskeyError } from "../_lib/passkey.ts";
import { ErrorNote } from "./states.tsx";

/** What kept an act from being done: the browser's passkey dialogue, or the server. */
export function Failure({ error }: { error: unknown }) {
  if (!(error instanceof PasskeyError)) return <ErrorNote error={errorOf(error)} />;
  return (
    <p role="alert" className="rounded-md border border-warn/40 bg-warn-soft p-3 text-[0.8125rem]">
      {error.message}
    </p>
  );
}
