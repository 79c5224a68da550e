"use client";

import type { CallFacts } from "#server/domain/call-log/read.ts";
import { CONSENT_SOURCES, isConsentSource } from "#server/domain/phone/law/consent-sources.ts";
import { chainPath } from "../../../../_lib/chain-path.ts";
import { useMoney } from "../../../../_lib/money.tsx";
import { lengthText } from "../../../../_lib/numbers.ts";
import { Time } from "../../../../_lib/time.tsx";
import { Copyable, CopyButton } from "../../../../_ui/copy.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { Panel } from "../../../overview/_components/panel.tsx";
import { consentSourceOf } from "../../_components/call-words.ts";
import { Fact } from "./fact.tsx";
import { Recording } from "./recording.tsx";

const ANSWERED_BY = { person: "a person", machine: "a machine", unknown: "somebody" };

/** What there is to know of a call besides what was said. */
export function Facts({ call, agentName }: { call: CallFacts; agentName: string }) {
  const money = useMoney();
  return (
    <Panel title="Facts">
      <dl className="grid gap-2.5 rounded-lg border border-line bg-surface p-4">
        <Fact name="Agent">
          <Link href={`/agents/${call.agentId}`} className="truncate text-accent underline underline-offset-2">
            {agentName}
          </Link>
        </Fact>
        <Fact name="From">
          <Copyable text={call.from} what="number that calls" />
        </Fact>
        <Fact name="To">
          <Copyable text={call.to} what="number that is called" />
        </Fact>
        <Fact name="Call id">
          <Copyable text={call.id} what="call id" />
        </Fact>
        <Fact name="Chain">
          <span className="inline-flex min-w-0 max-w-full items-center gap-1">
            <Link
              href={chainPath(call.correlationId)}
              className="truncate font-mono text-[0.8125rem] text-accent underline underline-offset-2"
              title={call.correlationId}
            >
              {call.correlationId}
            </Link>
            <CopyButton text={call.correlationId} what="correlation id" />
          </span>
        </Fact>
        {call.direction === "OUTBOUND" ? <Consent call={call} /> : null}
        <Fact name="Carrier">
          {call.carrier}
          {call.carrierId === null ? (
            <span className="text-muted">has not taken it yet</span>
          ) : (
            <Copyable text={call.carrierId} what="carrier's id" />
          )}
        </Fact>
        <Fact name="Tier">{call.tier}</Fact>
        <Fact name="Started">
          <Time at={call.startedAt} />
        </Fact>
        {call.answeredBy === null ? null : <Fact name="Answered by">{ANSWERED_BY[call.answeredBy]}</Fact>}
        {call.hangupReason === null ? null : <Fact name="Hung up because">{call.hangupReason}</Fact>}
        <Fact name="At the longest">{lengthText(call.maxSeconds)}</Fact>
        <Fact name="Cost">
          {call.costMicros === 0 ? <span className="text-muted">none so far</span> : money(call.costMicros)}
        </Fact>
        <Recording call={call} />
      </dl>
    </Panel>
  );
}

function Consent({ call }: { call: CallFacts }) {
  const source = consentSourceOf(call);
  return (
    <Fact name="Consent">
      {source === null ? (
        <span className="text-muted">on record; none was asserted</span>
      ) : (
        <span title={isConsentSource(source) ? CONSENT_SOURCES[source].meaning : undefined}>
          <code className="font-mono text-[0.8125rem]">{source}</code>
        </span>
      )}
    </Fact>
  );
}
