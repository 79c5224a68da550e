"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import type { Consent } from "#server/domain/phone/consents/schemas.ts";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { numbersInput } from "./compliance-view.ts";
import { NumberList } from "./number-list.tsx";
import { useNumberSearch } from "./number-search.tsx";
import { useFollowed } from "./use-changed.ts";
import { listOptions } from "./use-list.ts";

const RecordConsent = dynamic(patient(() => import("./record-consent.tsx").then((module) => module.RecordConsent)));
const ConsentSheet = dynamic(patient(() => import("./consent-sheet.tsx").then((module) => module.ConsentSheet)));

/** The consents on record, also those that were taken back. */
export function Consents() {
  const trpc = useTRPC();
  const { number } = useNumberSearch();
  const list = useInfiniteQuery(trpc.compliance.consents.infiniteQueryOptions(numbersInput({ number }), listOptions));
  const [isRecording, setRecording] = useState(false);
  const [opened, setOpened] = useState<Consent | null>(null);
  const columns = useMemo(() => consentColumns(setOpened), []);
  useFollowed();
  return (
    <>
      <NumberList
        label="Consents"
        table="consents"
        list={list}
        keyOf={({ id }) => id}
        columns={columns}
        actions={
          <WriteButton variant="primary" onClick={() => setRecording(true)}>
            <Plus />
            Record a consent
          </WriteButton>
        }
        empty={{
          title: "No consent is on record",
          text: "Record with what each person agreed, and what proves it. Without a record, a call or text has to say on what it rests: metadata.consent_source.",
        }}
      />
      {isRecording ? <RecordConsent onClose={() => setRecording(false)} /> : null}
      {opened ? <ConsentSheet consent={opened} onClose={() => setOpened(null)} /> : null}
    </>
  );
}

function consentColumns(onOpen: (consent: Consent) => void): DataColumn<Consent>[] {
  return [
    {
      id: "number",
      name: "Number",
      width: "md:w-44",
      fixed: true,
      narrow: true,
      cell: (consent) => (
        <>
          <button
            type="button"
            className="min-h-6 rounded font-mono underline decoration-line-strong underline-offset-2"
            onClick={() => onOpen(consent)}
          >
            {consent.phoneNumber}
          </button>
          <span className="block truncate font-mono text-[0.75rem] text-muted md:hidden">{consent.source}</span>
        </>
      ),
    },
    {
      id: "source",
      name: "Source",
      width: "w-48",
      cell: ({ source }) => <code className="font-mono text-[0.75rem]">{source}</code>,
    },
    {
      id: "evidence",
      name: "Evidence",
      cell: ({ evidence }) => <span title={evidence}>{evidence}</span>,
    },
    { id: "channels", name: "For", width: "w-24", extra: true, cell: ({ channels }) => channels.join(", ") },
    {
      id: "given",
      name: "Given",
      width: "w-28",
      align: "right",
      cell: ({ givenAt }) => <Time at={givenAt} format="relative" />,
    },
    {
      id: "status",
      name: "Standing",
      width: "w-40 md:w-64",
      narrow: true,
      cell: (consent) => <Standing consent={consent} />,
    },
  ];
}

function Standing({ consent: { revokedAt, revokedBy } }: { consent: Consent }) {
  if (revokedAt === null) return <Badge tone="good">stands</Badge>;
  return (
    <span title={revokedBy ?? undefined}>
      <Badge tone="bad">revoked</Badge> <Time at={revokedAt} format="relative" />
      {revokedBy ? <span className="text-muted">: {revokedBy}</span> : null}
    </span>
  );
}
