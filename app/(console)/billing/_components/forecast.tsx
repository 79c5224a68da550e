"use client";

import { useQuery } from "@tanstack/react-query";
import type { Usage } from "#server/domain/usage/by-day.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { METER_NAMES } from "../../_components/meter-names.ts";
import { daysOf, dayText } from "./month.ts";

const DAY_MS = 86_400_000;

/** What the month comes to if it goes on as it has, in units and money, and how that is reckoned. */
export function Forecast({ usage }: { usage: Usage }) {
  const trpc = useTRPC();
  const money = useMoney();
  const plans = useQuery(trpc.billing.plans.queryOptions());
  const price = plans.data?.plans.find(({ tier }) => tier === plans.data.current)?.priceCents;
  const meters = usage.meters.flatMap((meter) => {
    const { forecast, offered, total } = meter;
    return forecast && (offered || total !== 0) ? [{ ...meter, forecast }] : [];
  });
  const [first] = meters;
  const lastDay = dayText(daysOf(usage.month, "9999-12-31").at(-1) ?? usage.today);
  if (!first) {
    return (
      <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
        There is no forecast before a whole day has passed.
      </p>
    );
  }
  const usageMicros = meters.reduce((sum, { forecast }) => sum + forecast.micros, 0);
  const now = Date.parse(usage.asOf);
  const passed = (now - Date.parse(first.forecast.since)) / DAY_MS;
  const left = (Date.parse(usage.to) - now) / DAY_MS;
  return (
    <section aria-labelledby="forecast" className="rounded-lg border border-line bg-surface p-4">
      <h3 id="forecast" className="mb-2 text-muted">
        Forecast to the end of {lastDay}
      </h3>
      <dl className="grid gap-1">
        {meters.map(({ meter, forecast, included }) => (
          <Item key={meter} name={METER_NAMES[meter]} note={beyond(forecast.quantity, included)}>
            {numberText(forecast.quantity)} · {money(forecast.micros)}
          </Item>
        ))}
        {price === undefined ? null : (
          <>
            <Item name="The plan">{money(price * 10_000)}</Item>
            <Item name="Together">{money(price * 10_000 + usageMicros)}</Item>
          </>
        )}
      </dl>
      <p className="mt-2 max-w-prose text-[0.8125rem] text-muted">
        Linear: what was used in the {passed.toFixed(1)} days so far, and as much a day for the {left.toFixed(1)} days
        that are left ({first.forecast.perDay.toFixed(1)} a day of {METER_NAMES[first.meter].toLowerCase()}). Phone
        numbers count once a month. Units beyond what the plan includes are reckoned at today's price. Caps are left out
        of it: they may stop it earlier.
      </p>
    </section>
  );
}

function Item({ name, note, children }: { name: string; note?: string | null; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4">
      <dt>
        {name}
        {note ? <span className="text-warn"> ({note})</span> : null}
      </dt>
      <dd className="font-mono tabular-nums">{children}</dd>
    </div>
  );
}

function beyond(quantity: number, included: number | null): string | null {
  return included === null || quantity <= included
    ? null
    : `${numberText(quantity - included)} more than the plan includes`;
}
