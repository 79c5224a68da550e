/** What was made before pages are looked at, for those that show one thing. */
export type Made = {
  agent: { id: string; name: string };
  correlationId: string;
  messageId: string;
  threadId: string;
  /** A call that runs, one that has ended, and who was called or called. */
  calls: { running: string; ended: string; person: string };
};

export type PageToSee = {
  /** Of its pictures. */
  name: string;
  path: string;
  /** The heading that says it is there. */
  heading: string;
};

/** Every page that anybody may see. A new page is a line here: then axe, the widths and the pictures have it too. */
export const PUBLIC_PAGES: PageToSee[] = [
  { name: "sign-in", path: "/sign-in", heading: "Sign in" },
  { name: "used-link", path: "/sign-in/link?token=used", heading: "This link has done its work" },
  { name: "used-invitation", path: "/invite/nobody", heading: "This invitation has done its work" },
  { name: "setup", path: "/setup", heading: "Set up with the link that the server prints" },
  { name: "docs", path: "/docs", heading: "From nothing to a chain" },
  { name: "calls-and-texts", path: "/docs/calls-and-texts", heading: "Calls and texts" },
  { name: "voice-socket", path: "/docs/voice-socket", heading: "The voice socket" },
  { name: "errors", path: "/docs/errors", heading: "Errors" },
  { name: "error", path: "/docs/errors/agent-paused", heading: "AGENT_PAUSED" },
  { name: "sandbox", path: "/docs/sandbox", heading: "The telephone sandbox" },
  { name: "launch-day", path: "/help/launch-day", heading: "Launch day" },
  { name: "changelog", path: "/changelog", heading: "Changelog" },
];

/** Every page of the console. */
export function consolePages({ agent, correlationId, messageId, threadId, calls }: Made): PageToSee[] {
  return [
    { name: "overview", path: "/overview", heading: "Overview" },
    { name: "agents", path: "/agents", heading: "Agents" },
    { name: "agents-none", path: "/agents?search=nobody+has+this", heading: "Agents" },
    ...["readiness", "activity", "keys", "policy"].map((tab) => ({
      name: `agent-${tab}`,
      path: `/agents/${agent.id}?tab=${tab}`,
      heading: agent.name,
    })),
    { name: "live", path: "/live", heading: "Live activity" },
    { name: "live-refusals", path: "/live?channel=email&result=DENIED", heading: "Live activity" },
    { name: "audit", path: "/audit", heading: "Audit" },
    { name: "audit-search", path: "/audit?channel=email&after=2026-01-01T00:00:00.000Z", heading: "Audit" },
    { name: "audit-nothing", path: "/audit?request=none", heading: "Audit" },
    {
      name: "chain-graph",
      path: `/audit?correlation=${encodeURIComponent(correlationId)}&view=graph`,
      heading: "Audit",
    },
    { name: "chain-list", path: `/audit?correlation=${encodeURIComponent(correlationId)}&view=list`, heading: "Audit" },
    { name: "mail", path: "/mail", heading: "Mail" },
    { name: "outbox", path: "/mail?box=outbox", heading: "Mail" },
    { name: "mail-boxes", path: "/mail?pane=boxes", heading: "Mail" },
    { name: "compose", path: "/mail?compose=new", heading: "Mail" },
    ...["text", "html", "source"].map((view) => ({
      name: `message-${view}`,
      path: `/mail?box=all&message=${messageId}&view=${view}&compose=reply`,
      heading: "Mail",
    })),
    { name: "calls", path: "/calls", heading: "Calls" },
    { name: "calls-none", path: "/calls?state=busy&direction=inbound", heading: "Calls" },
    { name: "calls-said", path: "/calls?q=parcel", heading: "Calls" },
    { name: "call-running", path: `/calls/${calls.running}`, heading: `Call from ${calls.person}` },
    { name: "call-ended", path: `/calls/${calls.ended}`, heading: `Call from ${calls.person}` },
    { name: "numbers", path: "/numbers", heading: "Numbers" },
    { name: "numbers-none", path: "/numbers?search=000000", heading: "Numbers" },
    { name: "texts", path: "/texts", heading: "Texts" },
    { name: "texts-none", path: "/texts?q=nobody+wrote+this", heading: "Texts" },
    { name: "texts-new", path: "/texts?compose=new", heading: "Texts" },
    { name: "texts-thread", path: `/texts?thread=${threadId}`, heading: "Texts" },
    ...["consents", "do-not-call", "opt-outs", "hours", "refusals", "clock"].map((tab) => ({
      name: `compliance-${tab}`,
      path: `/compliance?tab=${tab}`,
      heading: "Compliance",
    })),
    { name: "compliance-table", path: "/compliance?tab=hours&show=table&channel=sms", heading: "Compliance" },
    { name: "compliance-state", path: "/compliance?tab=hours&state=FL", heading: "Compliance" },
    { name: "billing", path: "/billing", heading: "Billing" },
    { name: "caps", path: "/caps", heading: "Caps" },
    { name: "caps-voice", path: "/caps?channel=voice", heading: "Caps" },
    { name: "caps-agent", path: `/caps?agent=${agent.id}`, heading: "Caps" },
    { name: "keys", path: "/keys", heading: "Keys" },
    { name: "keys-all", path: "/keys?show=all&sort=name&order=asc", heading: "Keys" },
    { name: "members", path: "/members", heading: "Members" },
    { name: "settings", path: "/settings", heading: "Settings" },
  ];
}
