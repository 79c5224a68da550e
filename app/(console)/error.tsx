"use client";

import { Button } from "../_ui/button.tsx";

/** A page that could not be drawn. Its number finds the cause in the server's log. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div role="alert" className="grid justify-items-start gap-3 rounded-lg border border-danger/40 bg-danger-soft p-5">
      <h1 className="font-semibold">This page could not be shown</h1>
      <p className="text-muted">
        The server or its database did not answer as expected. Nothing was changed.
        {error.digest ? (
          <>
            {" "}
            Its log has more under <code className="font-mono">{error.digest}</code>.
          </>
        ) : null}
      </p>
      <Button onClick={reset}>Try again</Button>
    </div>
  );
}
