"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, Plus, Upload } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useDownload } from "../../../_lib/use-download.ts";
import { Button } from "../../../_ui/button.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { DownloadProgress } from "../../../_ui/download-progress.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { numbersInput } from "./compliance-view.ts";
import { NumberList } from "./number-list.tsx";
import { useNumberSearch } from "./number-search.tsx";
import { useFollowed } from "./use-changed.ts";
import { listOptions } from "./use-list.ts";

const AddNumber = dynamic(patient(() => import("./add-number.tsx").then((module) => module.AddNumber)));
const RemoveNumber = dynamic(patient(() => import("./remove-number.tsx").then((module) => module.RemoveNumber)));
const ImportSheet = dynamic(patient(() => import("./import-sheet.tsx").then((module) => module.ImportSheet)));

type Entry = { phoneNumber: string; source: string; reason: string | null; createdAt: string };
type Open = { what: "add" | "import" } | { what: "remove"; phoneNumber: string };

/** The organisation's do-not-call list. */
export function DoNotCall() {
  const trpc = useTRPC();
  const { number } = useNumberSearch();
  const list = useInfiniteQuery(trpc.compliance.doNotCall.infiniteQueryOptions(numbersInput({ number }), listOptions));
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => entryColumns((phoneNumber) => setOpen({ what: "remove", phoneNumber })), []);
  const close = () => setOpen(null);
  useFollowed();
  return (
    <>
      <p className="mb-3 text-[0.8125rem] text-muted">
        No agent calls or texts a number on this list. An agent may put one on it; only this console and the master key
        take one off.
      </p>
      <NumberList
        label="Do-not-call list"
        table="do-not-call"
        list={list}
        keyOf={({ phoneNumber }) => phoneNumber}
        columns={columns}
        actions={
          <>
            <ExportList />
            <WriteButton onClick={() => setOpen({ what: "import" })}>
              <Upload />
              Import CSV
            </WriteButton>
            <WriteButton variant="primary" onClick={() => setOpen({ what: "add" })}>
              <Plus />
              Add a number
            </WriteButton>
          </>
        }
        empty={{
          title: "Nobody is on the list",
          text: "Add numbers one by one, or import a CSV file: a list of the national registry, or the one you kept before.",
        }}
      />
      {open?.what === "add" ? <AddNumber onClose={close} /> : null}
      {open?.what === "import" ? <ImportSheet onClose={close} /> : null}
      {open?.what === "remove" ? <RemoveNumber phoneNumber={open.phoneNumber} onClose={close} /> : null}
    </>
  );
}

function ExportList() {
  const { state, start, cancel } = useDownload();
  const save = () =>
    start({
      path: "/api/export/do-not-call",
      body: {},
      format: "csv",
      name: `do-not-call-${new Date().toISOString().slice(0, 10)}.csv`,
    });
  return (
    <>
      <DownloadProgress state={state} what="numbers" whole="the list" onCancel={cancel} />
      {state.phase === "running" ? null : (
        <Button onClick={save}>
          <Download />
          Export CSV
        </Button>
      )}
    </>
  );
}

const SOURCES: Record<string, string> = { ADDED: "added", IMPORTED: "imported" };

function entryColumns(onRemove: (phoneNumber: string) => void): DataColumn<Entry>[] {
  return [
    {
      id: "number",
      name: "Number",
      width: "md:w-56",
      fixed: true,
      narrow: true,
      cell: ({ phoneNumber, reason }) => (
        <>
          <Copyable text={phoneNumber} what="number" />
          <span className="block truncate text-[0.75rem] text-muted md:hidden">{reason ?? "no reason noted"}</span>
        </>
      ),
    },
    { id: "source", name: "How", width: "w-28", cell: ({ source }) => SOURCES[source] ?? source },
    {
      id: "reason",
      name: "Reason",
      cell: ({ reason }) => reason ?? <span className="text-muted">none noted</span>,
    },
    {
      id: "since",
      name: "Since",
      width: "w-32",
      align: "right",
      cell: ({ createdAt }) => <Time at={createdAt} format="relative" />,
    },
    {
      id: "remove",
      name: "Remove",
      width: "w-28",
      fixed: true,
      narrow: true,
      silent: true,
      align: "right",
      cell: ({ phoneNumber }) => (
        <WriteButton size="sm" aria-label={`Take ${phoneNumber} off`} onClick={() => onRemove(phoneNumber)}>
          Take off
        </WriteButton>
      ),
    },
  ];
}
