"use client";

import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { makePasskey, usePasskeys } from "../../../_lib/passkey.ts";
import { Time } from "../../../_lib/time.tsx";
import { useConsoleClient, useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { EditableRow } from "./editable-row.tsx";
import { Row } from "./section.tsx";
import { type Profile, useAccountChanged } from "./use-account.ts";

/** The person's passkeys, and the button that makes another one. */
export function PasskeyRows({ account, host }: { account: Profile; host: string | null }) {
  const client = useConsoleClient();
  const changed = useAccountChanged();
  const possible = usePasskeys(host);
  const add = useMutation({
    mutationFn: async () => {
      const { ticket, options } = await client.account.beginPasskey.mutate();
      const answer = await makePasskey(options);
      return client.account.addPasskey.mutate({ ticket, name: `Passkey ${account.passkeys.length + 1}`, answer });
    },
    onSuccess: changed,
  });
  return (
    <>
      <Row
        name="Passkeys"
        line={
          host === null
            ? "They need HTTPS and a host name in PUBLIC_URL."
            : "Unlocked by finger, face or PIN. Nobody can guess one or ask you for it."
        }
      >
        {possible && account.fresh ? (
          <Button size="sm" onClick={() => add.mutate()} disabled={add.isPending}>
            <Fingerprint aria-hidden /> {add.isPending ? "Waiting for your device…" : "Add a passkey"}
          </Button>
        ) : null}
        {add.isError ? (
          <div className="basis-full">
            <Failure error={add.error} />
          </div>
        ) : null}
      </Row>
      {account.passkeys.map((passkey) => (
        <Passkey key={passkey.id} passkey={passkey} account={account} />
      ))}
    </>
  );
}

function Passkey({ passkey, account }: { passkey: Profile["passkeys"][number]; account: Profile }) {
  const trpc = useTRPC();
  const changed = useAccountChanged();
  const rename = useMutation(trpc.account.renamePasskey.mutationOptions({ onSuccess: changed }));
  const { id } = passkey;
  return (
    <div className="flex items-center pl-4">
      <Fingerprint className="size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <EditableRow
          name={passkey.name}
          value={passkey.name}
          line={
            <>
              Added <Time at={passkey.createdAt} format="day" />
              {passkey.lastUsedAt ? (
                <>
                  , last used <Time at={passkey.lastUsedAt} />
                </>
              ) : (
                ", not used yet"
              )}
            </>
          }
          error={rename.isError ? rename.error : null}
          saving={rename.isPending}
          save={(name, done) => rename.mutate({ id, name }, { onSuccess: done })}
        />
      </div>
      {account.fresh ? <RemovePasskey passkey={passkey} /> : null}
    </div>
  );
}

function RemovePasskey({ passkey }: { passkey: Profile["passkeys"][number] }) {
  const trpc = useTRPC();
  const changed = useAccountChanged();
  const [open, setOpen] = useState(false);
  const remove = useMutation(trpc.account.removePasskey.mutationOptions({ onSuccess: changed }));
  const change = (next: boolean) => {
    remove.reset();
    setOpen(next);
  };
  return (
    <div className="pr-4">
      <Button size="sm" aria-label={`Remove ${passkey.name}`} onClick={() => change(true)}>
        Remove
      </Button>
      <Modal
        open={open}
        onOpenChange={change}
        title={`Remove ${passkey.name}?`}
        description="It opens nothing from now on. Your device still lists it until you delete it there."
      >
        {remove.isError ? <Failure error={remove.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate({ id: passkey.id })}>
            Remove passkey
          </Button>
        </div>
      </Modal>
    </div>
  );
}
