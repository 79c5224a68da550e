"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { EventLeaf } from "#server/audit/leaf.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { cn } from "../../../_ui/cn.ts";
import { CodeArea } from "../../../_ui/code-area.tsx";
import { CopyButton } from "../../../_ui/copy.tsx";
import { Segmented } from "../../../_ui/segmented.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { RECORD_FORMS, type RecordForm } from "./use-chain-place.ts";

type RecordProps = { eventId: string; form: RecordForm; setForm: (form: RecordForm) => void };

const FORMS = RECORD_FORMS.map((value) => ({ value, text: value }));

/** The record of an event as it was hashed, its place in the log, and the personal data that it commits to. */
export function EventRecord({ eventId, form, setForm }: RecordProps) {
  const trpc = useTRPC();
  const leaf = useQuery(trpc.events.leaf.queryOptions({ id: eventId }));
  return (
    <div className="min-w-0">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">Record</h3>
        <Segmented label="Form of the record" value={form} onChange={setForm} options={FORMS} />
      </div>
      {leaf.isPending ? <RecordSkeleton /> : null}
      {leaf.isError ? <ErrorNote error={errorOf(leaf.error)} onRetry={() => leaf.refetch()} /> : null}
      {leaf.data ? <Leaf leaf={leaf.data} form={form} /> : null}
    </div>
  );
}

function RecordSkeleton() {
  return (
    <div role="status" className="h-[32rem] rounded-md bg-raised motion-safe:animate-pulse">
      <span className="sr-only">Loading the record</span>
    </div>
  );
}

function Leaf({ leaf, form }: { leaf: EventLeaf; form: RecordForm }) {
  const { private: commitment } = JSON.parse(leaf.record) as { private: string | null };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <JsonText text={leaf.record} form={form} label="Record" />
        <dl className="mt-3 grid gap-2 text-[0.8125rem]">
          <Fact name="Number">
            <span className="font-mono tabular-nums">{leaf.seq}</span>
          </Fact>
          <Fact name="Leaf hash">
            <Digest text={leaf.leafHash} what="leaf hash" />
            <HashCheck what="SHA-256 of 0x00 and the raw record" parts={["00", leaf.record]} expected={leaf.leafHash} />
          </Fact>
        </dl>
      </div>
      {commitment === null ? null : <PrivatePart part={leaf.private} commitment={commitment} form={form} />}
    </div>
  );
}

type PrivateProps = { part: EventLeaf["private"]; commitment: string; form: RecordForm };

function PrivatePart({ part, commitment, form }: PrivateProps) {
  return (
    <div>
      <h3 className="font-medium">Personal data</h3>
      <p className="mt-0.5 mb-2 max-w-prose text-[0.8125rem] text-muted">
        {part
          ? "Stands beside the record, so that it can be erased without breaking the log. The record holds its hash."
          : "Was erased. The record still holds its hash, and the log still holds together."}
      </p>
      {part ? <JsonText text={part.data} form={form} label="Personal data" /> : null}
      <dl className="mt-3 grid gap-2 text-[0.8125rem]">
        {part ? (
          <Fact name="Salt">
            <Digest text={part.salt} what="salt" />
          </Fact>
        ) : null}
        <Fact name="In record">
          <Digest text={commitment} what="commitment" />
          {part ? (
            <HashCheck
              what="SHA-256 of the salt and the raw text"
              parts={[part.salt, part.data]}
              expected={commitment}
            />
          ) : null}
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

/** A digest, whole. */
function Digest({ text, what }: { text: string; what: string }) {
  return (
    <span className="flex items-start gap-1">
      <code className="break-all font-mono text-[0.75rem] leading-6">{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** Canonical JSON: raw, exactly what was hashed, or with line breaks to be read. What is copied is always raw. */
function JsonText({ text, form, label }: { text: string; form: RecordForm; label: string }) {
  return (
    <div className="relative rounded-md border border-line bg-raised">
      <CodeArea
        label={label}
        className={cn(
          "max-h-[32rem] overflow-y-auto pr-10 text-[0.75rem]",
          form === "raw" && "[&_pre]:whitespace-pre-wrap [&_pre]:break-all",
        )}
      >
        {form === "raw" ? text : JSON.stringify(JSON.parse(text), null, 2)}
      </CodeArea>
      <span className="absolute top-2 right-2 rounded bg-raised">
        <CopyButton text={text} what={`raw ${label.toLowerCase()}`} />
      </span>
    </div>
  );
}

type HashCheckProps = { what: string; parts: [hex: string, text: string]; expected: string };

/** Computes a hash again, here, from what is shown. Browsers offer that on HTTPS and localhost only. */
function HashCheck({ what, parts: [hex, text], expected }: HashCheckProps) {
  const [found, setFound] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setFound(null);
    void sha256(hex, text).then((digest) => {
      if (isCurrent) setFound(digest);
    });
    return () => {
      isCurrent = false;
    };
  }, [hex, text]);
  if (found === null) return <span className="block min-h-5 text-muted">{what}</span>;
  const isEqual = found === expected;
  return (
    <span className={cn("flex min-h-5 items-center gap-1.5", isEqual ? "text-muted" : "text-danger")}>
      {isEqual ? (
        <Check className="size-3.5 shrink-0 text-accent" aria-hidden />
      ) : (
        <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
      )}
      {isEqual ? `${what}, computed again in this browser` : `${what} is ${found}, computed in this browser`}
    </span>
  );
}

async function sha256(hex: string, text: string): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const prefix = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.of(...prefix, ...new TextEncoder().encode(text)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
