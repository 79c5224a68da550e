"use client";

import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { lengthText } from "../../../../_lib/numbers.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { isRunning } from "../../_components/call-words.ts";
import { Fact } from "./fact.tsx";

/** Where the recording is; a carrier that has not told is asked when somebody wants to know. The sandbox records nothing. */
export function Recording({ call }: { call: CallFacts }) {
  const trpc = useTRPC();
  const asked = useQuery(trpc.calls.recording.queryOptions({ id: call.id }, { enabled: false }));
  if (call.recording !== null) return <RecordingLink url={call.recording.url} seconds={call.recording.seconds} />;
  if (isRunning(call) || call.answeredAt === null || call.carrier === "sandbox") return null;
  if (asked.data) return <RecordingLink url={asked.data.downloadUrl} seconds={asked.data.durationSeconds} />;
  const error = asked.isError ? errorOf(asked.error) : null;
  return (
    <Fact name="Recording">
      {error?.code === "NOT_FOUND" ? (
        <span className="text-muted">the carrier has none</span>
      ) : (
        <Button size="sm" disabled={asked.isFetching} onClick={() => void asked.refetch()}>
          {asked.isFetching ? "Asking…" : "Ask the carrier"}
        </Button>
      )}
      {error && error.code !== "NOT_FOUND" ? <ErrorNote error={error} /> : null}
    </Fact>
  );
}

function RecordingLink({ url, seconds }: { url: string; seconds: number | null }) {
  return (
    <Fact name="Recording">
      <a
        href={url}
        target="_blank"
        rel="noreferrer"
        className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
      >
        At the carrier{seconds === null ? "" : `, ${lengthText(seconds)}`}
        <ExternalLink className="size-3.5" aria-hidden />
      </a>
    </Fact>
  );
}
