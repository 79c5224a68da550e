"use client";

import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { makePasskey, usePasskeys } from "../../../_lib/passkey.ts";
import { useConsoleClient, useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Panel } from "../../sign-in/_components/panel.tsx";
import type { Ways } from "../../sign-in/_components/sign-in.tsx";

/** Asks a new member for a passkey or a password. Where codes can be mailed, neither is needed. */
export function FirstWayIn({ email, ways, onDone }: { email: string; ways: Ways; onDone: () => void }) {
  const trpc = useTRPC();
  const client = useConsoleClient();
  const hasPasskeys = usePasskeys(ways.passkeyHost);
  const [password, setPassword] = useState("");
  const byPasskey = useMutation({
    mutationFn: async () => {
      const { ticket, options } = await client.account.beginPasskey.mutate();
      return client.account.addPasskey.mutate({ ticket, name: "First passkey", answer: await makePasskey(options) });
    },
    onSuccess: onDone,
  });
  const byPassword = useMutation(trpc.account.setPassword.mutationOptions({ onSuccess: onDone }));
  const error = byPassword.isError ? errorOf(byPassword.error) : null;
  const passwordError = fieldError(error, "password");
  const busy = [byPasskey, byPassword].some((one) => one.isPending || one.isSuccess);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byPasskey.reset();
    byPassword.mutate({ password });
  };
  return (
    <Panel title="You are in. How will you sign in next time?" line="You can change this at any time in the settings.">
      {hasPasskeys ? (
        <>
          <Button variant="primary" disabled={busy} onClick={() => byPasskey.mutate()}>
            <Fingerprint aria-hidden />
            {byPasskey.isPending ? "Waiting for your device…" : "Make a passkey"}
          </Button>
          <p className="-mt-2 text-[0.8125rem] text-muted">
            Unlocked by finger, face or PIN. Nobody can guess it or ask you for it.
          </p>
          {byPasskey.isError ? <Failure error={byPasskey.error} /> : null}
        </>
      ) : null}
      <form onSubmit={submit} className="grid gap-3">
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <Field
          label="Password"
          type="password"
          name="new-password"
          autoComplete="new-password"
          required
          hint="At least 12 characters."
          error={passwordError}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {error && !passwordError ? <ErrorNote error={error} /> : null}
        <Button type="submit" disabled={busy}>
          Set a password
        </Button>
      </form>
      {ways.canMail ? (
        <Button variant="ghost" className="justify-self-start" disabled={busy} onClick={onDone}>
          Neither: mail me a code each time
        </Button>
      ) : null}
    </Panel>
  );
}
