"use client";

import { useQueryStates } from "nuqs";
import type { BillingState } from "#server/domain/billing/billing-state.ts";
import { CAP_METERS } from "#server/domain/billing/meters.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { Tabs } from "../../../_ui/tabs.tsx";
import { AgentPicker } from "../../_components/events/agent-picker.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { StopButton } from "../../_components/stop/stop-button.tsx";
import { AgentCaps } from "./agent-caps.tsx";
import { AllChannels } from "./all-channels.tsx";
import { CHANNEL_NAMES, capsView } from "./caps-view.ts";
import { ChannelCaps } from "./channel-caps.tsx";
import { History } from "./history.tsx";
import { Holdings } from "./holdings.tsx";
import { Reservations } from "./reservations.tsx";
import { useCaps } from "./use-caps.ts";

const TABS = CAP_METERS.map((channel) => [channel, CHANNEL_NAMES[channel]] as const);

/** What the agents may spend: of the organisation, or of one agent. */
export function Caps() {
  const [{ agent, stop }, setView] = useQueryStates(capsView, { history: "push" });
  return (
    <>
      <PageHead
        title="Caps"
        action={<StopButton open={stop !== null} onOpenChange={(open) => setView({ stop: open ? "1" : null })} />}
      >
        What may be spent, by channel. A cap that blocks is never exceeded, however many requests race.
      </PageHead>
      <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="text-muted">Caps of</span>
        <AgentPicker
          agent={agent}
          none="the organisation"
          onChoose={(chosen) => setView({ agent: chosen, channel: null })}
        />
        {agent === null ? (
          <span className="text-[0.8125rem] text-muted">Choose an agent to give it a cap of its own, on top.</span>
        ) : (
          <Link href={`/agents/${agent}`} className="text-[0.8125rem] text-accent underline underline-offset-2">
            The agent's page
          </Link>
        )}
      </div>
      <Loaded key={agent} agentId={agent} />
    </>
  );
}

function Loaded({ agentId }: { agentId: string | null }) {
  const { loaded, error, refetch } = useCaps(agentId);
  if (loaded) return <Editor agentId={agentId} cap={loaded.cap} state={loaded.state} />;
  if (error) return <ErrorNote error={errorOf(error)} onRetry={refetch} />;
  return <SkeletonRows rows={6} what="the caps" />;
}

function Editor({ agentId, cap, state }: { agentId: string | null; cap: HardCap; state: BillingState }) {
  const [{ channel }, setView] = useQueryStates(capsView, { history: "push" });
  return (
    <div className="grid gap-6">
      <AllChannels agentId={agentId} cap={cap} now={state} />
      <Tabs label="Channels" tabs={TABS} current={channel} onChange={(next) => setView({ channel: next })}>
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <ChannelCaps key={channel} agentId={agentId} channel={channel} cap={cap} now={state} />
          <Holdings channel={channel} state={state} agent={agentId === null ? null : cap} />
        </div>
      </Tabs>
      {agentId === null ? <AgentCaps state={state} /> : null}
      <Reservations agentId={agentId} />
      <History agentId={agentId} />
    </div>
  );
}
