"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Monitor, Smartphone } from "lucide-react";
import type { AppRouter } from "#server/trpc/root.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useEvents } from "../../../_lib/live.tsx";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { Section } from "./section.tsx";

type SessionRow = inferRouterOutputs<AppRouter>["account"]["sessions"]["items"][number];

const METHODS: Record<SessionRow["method"], string> = {
  master_key: "master key",
  link: "one-time link",
  setup: "setup",
  password: "password",
  code: "code by mail",
  passkey: "passkey",
  invitation: "invitation",
  password_and_passkey: "password and passkey",
  code_and_passkey: "code and passkey",
  invitation_and_passkey: "invitation and passkey",
};

/** The sessions that are open, and how to end them. */
export function Sessions() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.account.sessions.queryOptions());
  const changed = () => queryClient.invalidateQueries(trpc.account.sessions.queryFilter());
  const endOthers = useMutation(trpc.account.revokeOtherSessions.mutationOptions({ onSuccess: changed }));
  useEvents((event) => {
    if (event.event.startsWith("console.session.")) void changed();
  });
  if (sessions.isPending) return <SkeletonRows rows={2} what="sessions" />;
  if (sessions.isError) return <ErrorNote error={errorOf(sessions.error)} onRetry={() => sessions.refetch()} />;
  const { items } = sessions.data;
  const others = items.filter((session) => session.isOwn && !session.isCurrent).length;
  return (
    <Section
      id="sessions"
      title="Sessions"
      line="A session ends after 12 hours without use, and after 30 days."
      action={
        others > 0 ? (
          <Button size="sm" disabled={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End your {others === 1 ? "other one" : `${others} others`}
          </Button>
        ) : null
      }
    >
      {endOthers.isError ? (
        <div className="p-4">
          <Failure error={endOthers.error} />
        </div>
      ) : null}
      {items.map((session) => (
        <SessionItem key={session.id} session={session} onEnded={changed} />
      ))}
    </Section>
  );
}

function SessionItem({ session, onEnded }: { session: SessionRow; onEnded: () => Promise<unknown> }) {
  const trpc = useTRPC();
  const end = useMutation(trpc.account.revokeSession.mutationOptions({ onSuccess: onEnded }));
  const Icon = /iPhone|Android|iPad/.test(session.device) ? Smartphone : Monitor;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {session.device}
          {session.isCurrent ? <Badge tone="good">this one</Badge> : null}
        </p>
        <p className="text-[0.8125rem] text-muted">
          {session.isOwn || session.who === null ? "Signed in" : `${session.who} signed in`} by{" "}
          {METHODS[session.method]}
          {session.address ? ` from ${session.address}` : ""}, last seen <Time at={session.lastSeenAt} />
        </p>
      </div>
      {session.isCurrent ? null : (
        <Button
          size="sm"
          aria-label={`End the session of ${session.device}`}
          disabled={end.isPending || end.isSuccess}
          onClick={() => end.mutate({ id: session.id })}
        >
          End
        </Button>
      )}
      {end.isError ? (
        <div className="basis-full">
          <Failure error={end.error} />
        </div>
      ) : null}
    </div>
  );
}
