"use client";

import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import type { ComponentType } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { Tabs } from "../../../_ui/tabs.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { complianceView, TABS, type TabName } from "./compliance-view.ts";

// Each tab is fetched when it is opened: together they are more script than a page may have.
const PARTS: Record<TabName, ComponentType> = {
  consents: dynamic(patient(() => import("./consents.tsx").then((module) => module.Consents))),
  "do-not-call": dynamic(patient(() => import("./do-not-call.tsx").then((module) => module.DoNotCall))),
  "opt-outs": dynamic(patient(() => import("./opt-outs.tsx").then((module) => module.OptOuts))),
  hours: dynamic(patient(() => import("./hours.tsx").then((module) => module.Hours))),
  refusals: dynamic(patient(() => import("./refusals.tsx").then((module) => module.Refusals))),
  clock: dynamic(patient(() => import("./sandbox-clock.tsx").then((module) => module.SandboxClock))),
};

/** Who may be called and texted, when, and what was refused. @param hasClock whether there is one to be set */
export function Compliance({ hasClock }: { hasClock: boolean }) {
  const [{ tab }, setView] = useQueryStates(complianceView, { history: "push" });
  const Part = PARTS[tab];
  return (
    <>
      <PageHead title="Compliance">
        What every call and text is held to: consent, the do-not-call list, who said stop, and the hours of each state.
      </PageHead>
      <Tabs
        label="Compliance"
        tabs={TABS.filter(([name]) => hasClock || name !== "clock")}
        current={tab}
        onChange={(next) => setView({ ...EVERYTHING, tab: next })}
      >
        <Part />
      </Tabs>
    </>
  );
}

/** A tab begins with what it shows unasked. */
const EVERYTHING = { number: null, at: null, channel: null, show: null, state: null, refused: null };
