"use client";

import { Button } from "../_ui/button.tsx";

/**
 * A page that could not be drawn. Its number finds the cause in the server's log. What a newer console no longer has cannot
 * be loaded by trying again, only by loading the page anew.
 */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const isOld = error.name === "ChunkLoadError";
  return (
    <div role="alert" className="grid justify-items-start gap-3 rounded-lg border border-danger/40 bg-danger-soft p-5">
      <h1 className="font-semibold">This page could not be shown</h1>
      <p className="text-muted">
        {isOld
          ? "The console has changed since this page was loaded. Nothing else was changed."
          : "The server or its database did not answer as expected. Nothing was changed."}
        {error.digest ? (
          <>
            {" "}
            Its log has more under <code className="font-mono">{error.digest}</code>.
          </>
        ) : null}
      </p>
      {isOld ? (
        <Button onClick={() => window.location.reload()}>Reload</Button>
      ) : (
        <Button onClick={reset}>Try again</Button>
      )}
    </div>
  );
}
