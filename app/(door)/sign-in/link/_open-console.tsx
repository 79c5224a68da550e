"use client";

import { useMutation } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { HOME } from "../../../_lib/home.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

/** Uses the link up and opens the console. */
export function OpenConsole({ token }: { token: string }) {
  const trpc = useTRPC();
  const open = useMutation(trpc.session.useLink.mutationOptions({ onSuccess: () => window.location.replace(HOME) }));
  const busy = open.isPending || open.isSuccess;
  return (
    <div className="grid gap-4 rounded-lg border border-line bg-surface p-6">
      <div>
        <h1 className="text-lg font-semibold">Open the console</h1>
        <p className="mt-1 text-muted">This signs this browser in. The link works once.</p>
      </div>
      {open.isError ? <ErrorNote error={errorOf(open.error)} /> : null}
      <Button variant="primary" disabled={busy} onClick={() => open.mutate({ token })}>
        {busy ? "Opening…" : "Open the console"}
      </Button>
    </div>
  );
}
