"use client";

import { useQuery } from "@tanstack/react-query";
import type { BillingState } from "#server/domain/billing/billing-state.ts";
import { CAP_METERS, type CapMeter, capOf, OFFERED_METERS } from "#server/domain/billing/meters.ts";
import type { Usage } from "#server/domain/usage/by-day.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Link } from "../../../_ui/link.tsx";
import { Meter } from "../../../_ui/meter.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { concernsMoney } from "../../_components/concerns-money.ts";
import { METER_NAMES } from "../../_components/meter-names.ts";
import { CHANNEL_NAMES, UNIT_NAMES } from "../../caps/_components/caps-view.ts";
import { holdingsOf, tightestOf } from "../../caps/_components/limits-that-hold.ts";
import { Panel } from "./panel.tsx";

const CHANNELS = CAP_METERS.filter((cap) => OFFERED_METERS.some((meter) => capOf(meter)?.cap === cap));

/** What was spent this month against the caps, and what was used beside what the plan includes. */
export function ThisMonth() {
  const trpc = useTRPC();
  const usage = useQuery(trpc.billing.usage.queryOptions({}));
  const state = useQuery(trpc.billing.state.queryOptions());
  useRefresh(trpc.billing.usage.queryFilter({}), concernsMoney);
  useRefresh(trpc.billing.state.queryFilter(), concernsMoney);
  const error = usage.error ?? state.error;
  const more = (
    <span className="flex gap-3">
      <Link href="/caps" className="text-accent underline underline-offset-2">
        Caps
      </Link>
      <Link href="/billing" className="text-accent underline underline-offset-2">
        By day
      </Link>
    </span>
  );
  return (
    <Panel title="This month" action={more}>
      {usage.isPending || state.isPending ? <SkeletonRows rows={2} what="the usage" /> : null}
      {error ? (
        <ErrorNote error={errorOf(error)} onRetry={() => Promise.all([usage.refetch(), state.refetch()])} />
      ) : null}
      {usage.data && state.data ? (
        <ul className="grid gap-4 rounded-lg border border-line bg-surface p-4">
          {CHANNELS.map((channel) => (
            <li key={channel}>
              <Spent channel={channel} state={state.data} />
            </li>
          ))}
          {usage.data.meters
            .filter(({ offered }) => offered)
            .map((meter) => (
              <li key={meter.meter}>
                <Used usage={meter} />
              </li>
            ))}
        </ul>
      ) : null}
    </Panel>
  );
}

/** A channel's spend against its cap, and which limit refuses first. */
function Spent({ channel, state }: { channel: CapMeter; state: BillingState }) {
  const money = useMoney();
  const { usedMicros, capCents } = state.caps.usage[channel].month;
  const tightest = tightestOf(holdingsOf(channel, state, null));
  const allowed = tightest
    ? tightest.isMoney
      ? money(tightest.allowed)
      : `${numberText(tightest.allowed)} ${UNIT_NAMES[channel]}`
    : null;
  return (
    <>
      <p className="flex items-baseline justify-between gap-2">
        <span className="text-muted">{CHANNEL_NAMES[channel]} spend against cap</span>
        <span className="font-mono tabular-nums">
          {money(usedMicros)}
          <span className="text-muted"> / {capCents === null ? "no cap" : money(capCents * 10_000)}</span>
        </span>
      </p>
      {capCents === null ? null : (
        <div className="mt-2">
          <Meter value={usedMicros} max={capCents * 10_000} />
        </div>
      )}
      <p className="mt-1.5 text-[0.8125rem] text-muted">
        {tightest === null
          ? "Nothing limits it."
          : tightest.share >= 1
            ? `Blocked: ${allowed} a ${tightest.period} are used up.`
            : `Tightest: ${allowed} a ${tightest.period}${tightest.whose === "plan" ? ", of the plan" : ""}.`}
      </p>
    </>
  );
}

function Used({ usage }: { usage: Usage["meters"][number] }) {
  const { meter, total, included, forecast } = usage;
  const name = METER_NAMES[meter];
  return (
    <>
      <p className="flex items-baseline justify-between gap-2">
        <span className="text-muted">{name}</span>
        <span className="font-mono tabular-nums">
          {numberText(total)}
          {included === null ? null : <span className="text-muted"> / {numberText(included)} included</span>}
        </span>
      </p>
      {included === null ? null : (
        <div className="mt-2">
          <Meter value={total} max={included} />
        </div>
      )}
      <p className="mt-1.5 text-[0.8125rem] text-muted">
        {included === null ? "The plan sets no limit. " : null}
        {forecast ? `About ${numberText(forecast.quantity)} by the end of the month at this rate.` : null}
      </p>
    </>
  );
}
