"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { ChainLink } from "./chain-link.tsx";
import { numbersInput } from "./compliance-view.ts";
import { Heard } from "./heard.tsx";
import { NumberList } from "./number-list.tsx";
import { useNumberSearch } from "./number-search.tsx";
import { useFollowed } from "./use-changed.ts";
import { listOptions } from "./use-list.ts";

const LiftOptOut = dynamic(patient(() => import("./lift-opt-out.tsx").then((module) => module.LiftOptOut)));

type OptOut = {
  phoneNumber: string;
  channel: string;
  keyword: string | null;
  toNumber: string | null;
  correlationId: string | null;
  createdAt: string;
};

/** Who has said stop; and who may have, in other words. */
export function OptOuts() {
  const trpc = useTRPC();
  const { number } = useNumberSearch();
  const list = useInfiniteQuery(trpc.compliance.optOuts.infiniteQueryOptions(numbersInput({ number }), listOptions));
  const [lifted, setLifted] = useState<string | null>(null);
  const columns = useMemo(() => optOutColumns(setLifted), []);
  useFollowed();
  return (
    <>
      <Heard />
      <h2 className="mb-1 font-semibold">Opt-outs</h2>
      <p className="mb-3 text-[0.8125rem] text-muted">
        Whoever texts STOP is called and texted no more, by any agent, until they text START. Only this console and the
        master key lift it for them.
      </p>
      <NumberList
        label="Opt-outs"
        table="opt-outs"
        list={list}
        keyOf={({ phoneNumber }) => phoneNumber}
        columns={columns}
        empty={{ title: "Nobody has said stop", text: "Whoever texts STOP to one of your numbers is listed here." }}
      />
      {lifted === null ? null : <LiftOptOut phoneNumber={lifted} onClose={() => setLifted(null)} />}
    </>
  );
}

function optOutColumns(onLift: (phoneNumber: string) => void): DataColumn<OptOut>[] {
  return [
    {
      id: "number",
      name: "Number",
      width: "md:w-52",
      fixed: true,
      narrow: true,
      cell: ({ phoneNumber, keyword, createdAt }) => (
        <>
          <Copyable text={phoneNumber} what="number" />
          <span className="block truncate text-[0.75rem] text-muted md:hidden">
            {keyword ?? ""} <Time at={createdAt} format="relative" />
          </span>
        </>
      ),
    },
    {
      id: "said",
      name: "Said",
      cell: ({ channel, keyword }) => (
        <>
          {keyword === null ? null : <code className="font-mono text-[0.8125rem]">{keyword}</code>}{" "}
          <span className="text-muted">{channel === "sms" ? "in a text" : "in a call"}</span>
        </>
      ),
    },
    {
      id: "to",
      name: "To your number",
      width: "w-48",
      cell: ({ toNumber }) =>
        toNumber === null ? (
          <span className="text-muted">not known</span>
        ) : (
          <code className="font-mono text-[0.8125rem]">{toNumber}</code>
        ),
    },
    {
      id: "when",
      name: "When",
      width: "w-28",
      align: "right",
      cell: ({ createdAt }) => <Time at={createdAt} format="relative" />,
    },
    {
      id: "chain",
      name: "Chain",
      width: "w-24",
      cell: ({ correlationId, phoneNumber }) => <ChainLink correlationId={correlationId} of={phoneNumber} />,
    },
    {
      id: "lift",
      name: "Lift",
      width: "w-24",
      fixed: true,
      narrow: true,
      silent: true,
      align: "right",
      cell: ({ phoneNumber }) => (
        <WriteButton size="sm" aria-label={`Lift the opt-out of ${phoneNumber}`} onClick={() => onLift(phoneNumber)}>
          Lift
        </WriteButton>
      ),
    },
  ];
}
