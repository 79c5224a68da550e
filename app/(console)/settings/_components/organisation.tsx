"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMay, useSession } from "../../../_lib/session.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { EditableRow } from "./editable-row.tsx";
import { Row, Section } from "./section.tsx";
import { useAccountChanged } from "./use-account.ts";

/** The organisation's name and id, and the way to another one. */
export function Organisation() {
  const trpc = useTRPC();
  const router = useRouter();
  const session = useSession();
  const mayWrite = useMay("write");
  const changed = useAccountChanged();
  const update = useMutation(
    trpc.organization.update.mutationOptions({
      onSuccess: async () => {
        await changed();
        // The frame shows the name too.
        router.refresh();
      },
    }),
  );
  return (
    <Section id="organisation" title="Organisation">
      <EditableRow
        name="Organisation name"
        value={session.orgName}
        open={mayWrite}
        error={update.isError ? update.error : null}
        saving={update.isPending}
        save={(name, done) => update.mutate({ id: session.orgId, name }, { onSuccess: done })}
      />
      <Row name="Your role" line={mayWrite ? undefined : "You see everything and change nothing."}>
        <Badge tone={session.role === "OWNER" ? "good" : "neutral"}>{session.role}</Badge>
      </Row>
      <Row name="Organisation id">
        <Copyable text={session.orgId} what="organisation id" />
      </Row>
      <OtherOrganisations />
    </Section>
  );
}

function OtherOrganisations() {
  const trpc = useTRPC();
  const { orgId } = useSession();
  const organisations = useQuery(trpc.session.organisations.queryOptions());
  const change = useMutation(
    // A full load: nothing of the organisation before may stay on the page.
    trpc.session.switchOrganisation.mutationOptions({ onSuccess: () => window.location.assign("/") }),
  );
  const others = organisations.data?.filter((one) => one.id !== orgId) ?? [];
  return (
    <>
      {others.map((one) => (
        <Row key={one.id} name={one.name} line={`You are ${one.role.toLowerCase()} there.`}>
          <Button
            size="sm"
            aria-label={`Switch to ${one.name}`}
            disabled={change.isPending || change.isSuccess}
            onClick={() => change.mutate({ orgId: one.id })}
          >
            Switch
          </Button>
        </Row>
      ))}
      {change.isError ? (
        <div className="p-4">
          <Failure error={change.error} />
        </div>
      ) : null}
    </>
  );
}
