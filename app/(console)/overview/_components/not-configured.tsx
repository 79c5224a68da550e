"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { Panel } from "./panel.tsx";

type Status = {
  publicUrl: string;
  isLocal: boolean;
  mailDomain: string;
  hasDns: boolean;
  hasRelay: boolean;
  hasCarrier: boolean;
  smtpPort: number;
};
type Gap = { setting: string; effect: ReactNode; fix: ReactNode };

const Code = ({ children }: { children: ReactNode }) => (
  <code className="break-words font-mono text-[0.75rem]">{children}</code>
);

/** What the server could do and is not set up for, in the order in which it matters. */
function gapsOf({ publicUrl, isLocal, mailDomain, hasDns, hasRelay, hasCarrier, smtpPort }: Status): Gap[] {
  const gaps: (Gap | false)[] = [
    !hasRelay && {
      setting: "SMTP_RELAY_URL",
      effect: "Mail to other servers waits in the outbox.",
      fix: (
        <>
          Set it to your mail provider, such as <Code>smtps://user:password@smtp.example.com</Code>, or to{" "}
          <Code>direct</Code>.
        </>
      ),
    },
    !hasDns && {
      setting: "MAIL_DOMAIN",
      effect: (
        <>
          Nobody outside this server can write to <Code>{mailDomain}</Code>.
        </>
      ),
      fix: "Set it to a domain of yours.",
    },
    smtpPort === 0 && {
      setting: "SMTP_PORT",
      effect: "It is 0: no mail arrives from other servers.",
      fix: "Set it to the port that mail for the domain reaches.",
    },
    !hasCarrier && {
      setting: "CARRIER",
      effect: "Calls and texts stay in the sandbox: no real telephone rings.",
      fix: (
        <>
          Set it to <Code>twilio</Code> or <Code>telnyx</Code>, with their credentials.
        </>
      ),
    },
    isLocal && {
      setting: "PUBLIC_URL",
      effect: (
        <>
          Links lead to <Code>{publicUrl}</Code>, which only this machine can open.
        </>
      ),
      fix: "Set it to the address that others reach.",
    },
    hasDns && {
      setting: "DNS",
      effect: (
        <>
          Others believe mail of <Code>{mailDomain}</Code> once its records are published.
        </>
      ),
      fix: (
        <>
          They stand in <Code>dns-records.txt</Code> in <Code>DATA_DIR</Code>. Whether they are published is not
          checked.
        </>
      ),
    },
  ];
  return gaps.filter((gap) => gap !== false);
}

/** What is not configured, what that means and how it is mended. Nothing where there is nothing to do. */
export function NotConfigured() {
  const trpc = useTRPC();
  const status = useQuery(trpc.server.status.queryOptions());
  const gaps = status.data ? gapsOf(status.data) : [];
  if (status.data && gaps.length === 0) return null;
  return (
    <Panel title="To configure">
      {status.isPending ? <SkeletonRows rows={2} what="the configuration" /> : null}
      {status.isError ? <ErrorNote error={errorOf(status.error)} onRetry={() => status.refetch()} /> : null}
      {gaps.length > 0 ? (
        <ul className="rounded-lg border border-line bg-surface">
          {gaps.map(({ setting, effect, fix }) => (
            <li key={setting} className="border-line border-b px-4 py-3 text-[0.8125rem] last:border-b-0">
              <p className="font-medium font-mono text-[0.75rem]">{setting}</p>
              <p className="mt-0.5">{effect}</p>
              <p className="text-muted">{fix}</p>
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}
