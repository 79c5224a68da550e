"use client";

import { Download } from "lucide-react";
import { useDownload } from "../../../_lib/use-download.ts";
import { DownloadProgress } from "../../../_ui/download-progress.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { Section } from "./section.tsx";

/** Saves everything that the organisation has as one file. */
export function DataExport() {
  const { state, start, cancel } = useDownload();
  const save = () =>
    start({
      path: "/api/export/organization",
      body: {},
      format: "jsonl",
      name: `anima-data-${new Date().toISOString().slice(0, 10)}.jsonl`,
    });
  return (
    <Section
      id="data-export"
      title="Data export"
      line="One file of JSON Lines with the organisation, its members, agents, inboxes, messages, threads, usage and the whole log, in the forms of the API. Keys are listed without what opens anything; attachments are described, not included. That it was made is logged."
      action={
        state.phase === "running" ? null : (
          <WriteButton onClick={save}>
            <Download />
            Export all data
          </WriteButton>
        )
      }
    >
      {state.phase === "idle" ? null : (
        <div className="px-4 py-3">
          <DownloadProgress state={state} what="items" onCancel={cancel} />
        </div>
      )}
    </Section>
  );
}
