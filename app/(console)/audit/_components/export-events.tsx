"use client";

import { Download } from "lucide-react";
import { useDownload } from "../../../_lib/use-download.ts";
import { Button } from "../../../_ui/button.tsx";
import { DownloadProgress } from "../../../_ui/download-progress.tsx";
import { type EventSearch, filterOf } from "../../_components/events/search.ts";

const FORMATS = [
  ["csv", "CSV"],
  ["jsonl", "JSON Lines"],
] as const;

/** Saves exactly the events that the search finds, all of them, in the order in which they are shown. */
export function ExportEvents({ search, order }: { search: EventSearch; order: "asc" | "desc" }) {
  const { state, start, cancel } = useDownload();
  const save = (format: "csv" | "jsonl") =>
    start({
      path: "/api/export/events",
      body: { ...filterOf(search), order, format },
      format,
      name: `events-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${format}`,
    });
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <DownloadProgress state={state} what="events" onCancel={cancel} />
      {state.phase === "running"
        ? null
        : FORMATS.map(([format, name]) => (
            <Button key={format} size="sm" aria-label={`Export as ${name}`} onClick={() => save(format)}>
              <Download />
              {name}
            </Button>
          ))}
    </div>
  );
}
