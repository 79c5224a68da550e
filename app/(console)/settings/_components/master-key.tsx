"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { AppRouter } from "#server/trpc/root.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useMay, useSession } from "../../../_lib/session.tsx";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { CopyBlock } from "../../../_ui/copy.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { Row, Section } from "./section.tsx";

type Preview = inferRouterOutputs<AppRouter>["organization"]["previewRotation"];

/** The key that opens everything, and its replacement. */
export function MasterKey() {
  const trpc = useTRPC();
  const mayGovern = useMay("govern");
  const [open, setOpen] = useState(false);
  const preview = useQuery(trpc.organization.previewRotation.queryOptions());
  if (preview.isPending) return <SkeletonRows rows={1} what="the master key" />;
  if (preview.isError) return <ErrorNote error={errorOf(preview.error)} onRetry={() => preview.refetch()} />;
  const { primary } = preview.data;
  return (
    <Section
      id="master-key"
      title="Master key"
      line="Opens everything: the API of the whole organisation, and this console as an owner."
    >
      <Row
        name="Primary key"
        line={
          primary ? (
            <>
              <code className="font-mono">{primary.prefix}…</code> made <Time at={primary.createdAt} format="day" />
            </>
          ) : (
            "It was revoked. Another master key can be rotated on the keys page."
          )
        }
      >
        {mayGovern && primary ? (
          <Button size="sm" variant="danger-outline" onClick={() => setOpen(true)}>
            <KeyRound aria-hidden /> Rotate
          </Button>
        ) : null}
      </Row>
      <Rotation open={open} onOpenChange={setOpen} preview={preview.data} />
    </Section>
  );
}

type RotationProps = { open: boolean; onOpenChange: (open: boolean) => void; preview: Preview };

/** Says what a rotation ends and what it leaves, asks for the organisation's name, and shows the new key once. */
function Rotation({ open, onOpenChange, preview }: RotationProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { orgId, orgName } = useSession();
  const [typed, setTyped] = useState("");
  const rotate = useMutation(
    trpc.organization.rotateMasterKey.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.organization.pathFilter()),
          queryClient.invalidateQueries(trpc.account.sessions.queryFilter()),
        ]),
    }),
  );
  const change = (next: boolean) => {
    rotate.reset();
    setTyped("");
    onOpenChange(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rotate.mutate({ id: orgId });
  };
  const key = rotate.data?.masterKey;
  return (
    <Modal
      open={open}
      onOpenChange={change}
      sticky={key !== undefined}
      title={key ? "The new master key" : "Rotate the master key?"}
      description={
        key
          ? "It is shown this once: put it in a password manager now. The old one is dead already."
          : "A new key takes its place at once."
      }
    >
      {key ? (
        <>
          <CopyBlock text={key} what="master key" />
          <Button variant="primary" className="justify-self-end" onClick={() => change(false)}>
            I have stored the key
          </Button>
        </>
      ) : (
        <form onSubmit={submit} className="grid gap-4">
          <Consequences preview={preview} />
          <Field
            label={`Type ${orgName} to confirm`}
            name="confirmation"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          {rotate.isError ? <ErrorNote error={errorOf(rotate.error)} /> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={() => change(false)}>Cancel</Button>
            <Button type="submit" variant="danger" disabled={typed.trim() !== orgName || rotate.isPending}>
              Rotate the key
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function Consequences({ preview }: { preview: Preview }) {
  const { primary, otherMasterKeys, sessionsEnding } = preview;
  const sessions =
    sessionsEnding === 1
      ? "1 session opened with the master key or a link ends."
      : `${sessionsEnding || "No"} sessions opened with the master key or a link end.`;
  const others =
    otherMasterKeys.length === 0 ? "" : `, other master keys (${otherMasterKeys.map(({ name }) => name).join(", ")})`;
  return (
    <dl className="grid gap-3 text-[0.8125rem]">
      <div>
        <dt className="font-medium text-danger">Stops at once</dt>
        <dd className="text-muted">
          Calls of the API with <code className="font-mono">{primary?.prefix}…</code> are refused. {sessions}
        </dd>
      </div>
      <div>
        <dt className="font-medium">Stays as it is</dt>
        <dd className="text-muted">Your session, the members and their sessions, every agent and its key{others}.</dd>
      </div>
    </dl>
  );
}
