"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { EditableRow } from "./editable-row.tsx";
import { useAccountChanged } from "./use-account.ts";

export function NameRow({ name }: { name: string | null }) {
  const trpc = useTRPC();
  const changed = useAccountChanged();
  const update = useMutation(trpc.account.update.mutationOptions({ onSuccess: changed }));
  return (
    <EditableRow
      name="Name"
      value={name ?? ""}
      line={name ?? "The other members see your e-mail address."}
      error={update.isError ? update.error : null}
      save={(text, done) => update.mutate({ name: text }, { onSuccess: done })}
      saving={update.isPending}
    />
  );
}
