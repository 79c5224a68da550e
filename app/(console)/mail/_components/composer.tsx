"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Paperclip, Send, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { ErrorView } from "#server/trpc/errors.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { byteSize } from "../../../_lib/numbers.ts";
import { useConsoleClient, useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { splitAddresses } from "./addresses.ts";
import { AgentChoice } from "./agent-choice.tsx";
import { type Draft, useDraft } from "./draft.ts";
import { filesProblem, toAttachments, UnreadableFile } from "./files.ts";
import type { ComposeMode } from "./params.ts";
import { SendingNotes } from "./sending-notes.tsx";
import { useMailParams } from "./use-mail-params.ts";
import { subjectOf } from "./words.ts";

const TITLES: Record<ComposeMode, string> = {
  new: "New mail",
  reply: "Reply",
  "reply-all": "Reply to all",
  forward: "Forward",
};

/** Writes a mail as an agent: a new one, an answer, or one that is passed on. */
export function Composer({ mode }: { mode: ComposeMode }) {
  const trpc = useTRPC();
  const { params, go } = useMailParams();
  const originalId = mode === "new" ? null : params.message;
  const original = useQuery(trpc.mail.read.queryOptions({ id: originalId ?? "" }, { enabled: originalId !== null }));
  const { draft, isLoaded, isKept, change, discard } = useDraft(mode, originalId);
  const [files, setFiles] = useState<File[]>([]);
  const agentId = original.data?.agentId ?? (draft.agentId || params.agent || "");
  const sending = useSend(mode, (sentId) => {
    discard();
    go({ compose: null, message: sentId, view: "text" });
  });
  if (originalId !== null && !original.data) return null;

  const unreadable = sending.error instanceof UnreadableFile ? sending.error.message : undefined;
  const error = sending.isError && unreadable === undefined ? errorOf(sending.error) : null;
  const fileError = filesProblem(files) ?? unreadable ?? fieldError(error, "attachments");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (filesProblem(files) === undefined) sending.mutate({ draft: { ...draft, agentId }, originalId, files });
  };
  const submitByKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  const changeFiles = (next: File[]) => {
    setFiles(next);
    change({});
  };
  const close = () => go({ compose: null });
  const throwAway = () => {
    discard();
    close();
  };
  const addresses = (name: "to" | "cc" | "bcc", label: string, required = false) => (
    <Field
      label={label}
      name={`mail-${name}`}
      autoComplete="off"
      mono
      required={required}
      hint={name === "to" ? "Several are separated by commas." : undefined}
      error={addressProblem(error, name, draft[name])}
      value={draft[name]}
      onChange={(event) => change({ [name]: event.target.value })}
    />
  );
  return (
    <form
      aria-label={TITLES[mode]}
      onSubmit={submit}
      onKeyDown={submitByKey}
      className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-line-strong/50 bg-surface p-4"
    >
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-semibold">{TITLES[mode]}</h2>
        <Button variant="ghost" size="icon" aria-label="Close; the draft is kept" onClick={close}>
          <X />
        </Button>
      </div>
      {mode === "new" ? (
        <AgentChoice value={agentId} onChange={(id) => change({ agentId: id })} error={fieldError(error, "agentId")} />
      ) : null}
      {mode === "new" || mode === "forward" ? addresses("to", "To", true) : null}
      {mode === "reply" || mode === "reply-all" ? <ReplyLine mode={mode} original={original.data} /> : null}
      <details open={draft.cc !== "" || draft.bcc !== ""}>
        <summary className="w-fit rounded text-[0.8125rem] text-muted hover:text-ink">Cc and Bcc</summary>
        <div className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-3">
          {addresses("cc", "Cc")}
          {addresses("bcc", "Bcc")}
        </div>
      </details>
      {mode === "new" ? (
        <Field
          label="Subject"
          name="mail-subject"
          autoComplete="off"
          required
          maxLength={998}
          error={fieldError(error, "subject")}
          value={draft.subject}
          onChange={(event) => change({ subject: event.target.value })}
        />
      ) : null}
      <label className="grid gap-1.5 font-medium">
        Text
        <textarea
          name="mail-body"
          rows={9}
          required={mode !== "forward"}
          className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 font-normal leading-relaxed"
          value={draft.body}
          onChange={(event) => change({ body: event.target.value })}
        />
      </label>
      {mode === "new" ? null : (
        <label className="flex items-center gap-2 text-[0.8125rem]">
          <input
            type="checkbox"
            className="size-4 accent-(--accent-fill)"
            checked={draft.quoteOriginal}
            onChange={(event) => change({ quoteOriginal: event.target.checked })}
          />
          <span className="min-w-0">
            Put “{subjectOf(original.data ?? { subject: null })}” below it
            {mode === "forward" && original.data?.attachments.length ? "; its files go along" : ""}
          </span>
        </label>
      )}
      <Files files={files} onChange={changeFiles} error={fileError} />
      <SendingNotes agentId={agentId} />
      {isKept ? null : (
        <p className="text-[0.8125rem] text-warn">This browser cannot keep the draft: send it before you leave.</p>
      )}
      {error && !isShownAtField(error) ? <ErrorNote error={error} /> : null}
      <div className="flex items-center justify-between gap-2">
        <Button type="submit" variant="primary" disabled={!isLoaded || sending.isPending || agentId === ""}>
          <Send aria-hidden /> {sending.isPending ? "Sending…" : "Send"}
        </Button>
        <Button variant="ghost" onClick={throwAway}>
          Discard draft
        </Button>
      </div>
    </form>
  );
}

type Sending = { draft: Draft; originalId: string | null; files: File[] };

/** Sends through the verb of the mode. The draft's own id makes sure that it is sent once, however often it is clicked. */
function useSend(mode: ComposeMode, onSent: (id: string) => void) {
  const trpc = useTRPC();
  const client = useConsoleClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ draft, originalId, files }: Sending) => {
      const { formId, agentId, subject, body, quoteOriginal } = draft;
      const to = splitAddresses(draft.to);
      const [cc, bcc] = [splitAddresses(draft.cc), splitAddresses(draft.bcc)];
      const common = { agentId, cc, bcc, body, attachments: await toAttachments(files) };
      if (originalId === null) return client.mail.send.mutate({ formId, fields: { ...common, to, subject } });
      const about = { ...common, id: originalId, quoteOriginal };
      if (mode === "forward") return client.mail.forward.mutate({ formId, fields: { ...about, to } });
      return client.mail.reply.mutate({ formId, fields: { ...about, replyAll: mode === "reply-all" } });
    },
    onSuccess: ({ id }) => {
      void queryClient.invalidateQueries(trpc.mail.pathFilter());
      onSent(id);
    },
  });
}

function ReplyLine({
  mode,
  original,
}: {
  mode: ComposeMode;
  original: { fromAddress: string; toAddress: string; direction: string } | undefined;
}) {
  if (!original) return null;
  const to = original.direction === "INBOUND" ? original.fromAddress : original.toAddress;
  return (
    <p className="text-[0.8125rem] text-muted">
      To <span className="break-words font-mono text-ink">{to}</span>
      {original.direction === "INBOUND" ? " (or where it asks for answers)" : ""}
      {mode === "reply-all" ? ", and everybody else in To and Cc" : ""}
    </p>
  );
}

function Files({
  files,
  onChange,
  error,
}: {
  files: File[];
  onChange: (files: File[]) => void;
  error: string | undefined;
}) {
  return (
    <div className="grid gap-1">
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two files may be alike in everything else
        <div key={index} className="flex items-center gap-2 text-[0.8125rem]">
          <Paperclip className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="min-w-0 flex-1 truncate">{file.name}</span>
          <span className="font-mono text-[0.75rem] text-muted tabular-nums">{byteSize(file.size)}</span>
          <Button
            variant="ghost"
            size="sm"
            className="size-6 px-0"
            aria-label={`Remove ${file.name}`}
            onClick={() => onChange(files.filter((_, at) => at !== index))}
          >
            <X />
          </Button>
        </div>
      ))}
      <label className="inline-flex w-fit cursor-pointer items-center gap-1.5 rounded text-[0.8125rem] text-muted focus-within:outline-2 focus-within:outline-accent hover:text-ink">
        <Paperclip className="size-4" aria-hidden /> Attach files
        <input
          type="file"
          multiple
          className="sr-only"
          onChange={(event) => {
            onChange([...files, ...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </label>
      {error ? (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}

type Problem = { field: string; message: string };

function problemsOf(error: ErrorView | null): Problem[] {
  return Array.isArray(error?.details.fields) ? (error.details.fields as Problem[]) : [];
}

/** What is wrong with a field of addresses, naming the one that is. */
function addressProblem(error: ErrorView | null, field: "to" | "cc" | "bcc", text: string): string | undefined {
  const problem = problemsOf(error).find((each) => each.field === field || each.field.startsWith(`${field}.`));
  if (!problem) return undefined;
  const entry = splitAddresses(text)[Number(problem.field.split(".")[1])];
  return entry === undefined ? problem.message : `${entry} ${problem.message}`;
}

const FIELDS = ["to", "cc", "bcc", "subject", "agentId", "attachments"];

function isShownAtField(error: ErrorView): boolean {
  const problems = problemsOf(error);
  return problems.length > 0 && problems.every(({ field }) => FIELDS.includes(field.split(".")[0] ?? ""));
}
