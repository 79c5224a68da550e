"use client";

import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { askForPasskey, usePasskeys } from "../../../_lib/passkey.ts";
import { useConsoleClient, useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Failure } from "../../../_ui/failure.tsx";
import { Field } from "../../../_ui/field.tsx";
import { OtherWay, Panel } from "./panel.tsx";
import type { Ways } from "./sign-in.tsx";
import type { OnEntered, Step } from "./steps.ts";

type Props = { to: string; ways: Ways; onEntered: OnEntered; onCode: (step: Step) => void };

/** In by passkey, by password, or on to the code that is mailed. */
export function EmailForm({ to, ways, onEntered, onCode }: Props) {
  const trpc = useTRPC();
  const client = useConsoleClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const hasPasskeys = usePasskeys(ways.passkeyHost);
  const byPassword = useMutation(trpc.session.signInWithPassword.mutationOptions({ onSuccess: onEntered }));
  const mailCode = useMutation(
    trpc.session.requestCode.mutationOptions({
      onSuccess: ({ codeId }) => onCode({ step: "code", codeId, email: email.trim() }),
    }),
  );
  const byPasskey = useMutation({
    mutationFn: async () => {
      const { ticket, options } = await client.session.beginPasskey.mutate();
      return client.session.signInWithPasskey.mutate({ ticket, answer: await askForPasskey(options) });
    },
    onSuccess: onEntered,
  });

  // One failure at a time: that of what was tried last.
  const attempts = [byPassword, mailCode, byPasskey];
  const failed = attempts.find((attempt) => attempt.isError);
  const begin = (run: () => void) => {
    for (const attempt of attempts) attempt.reset();
    run();
  };
  const busy = attempts.some((attempt) => attempt.isPending || attempt.isSuccess);
  const emailError = failed && failed !== byPasskey ? fieldError(errorOf(failed.error), "email") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin(() => byPassword.mutate({ email, password }));
  };
  return (
    <Panel title="Sign in" line="See what your agents do, stop them, follow every chain.">
      {hasPasskeys ? (
        <>
          <Button variant="primary" disabled={busy} onClick={() => begin(() => byPasskey.mutate())}>
            <Fingerprint aria-hidden />
            {byPasskey.isPending ? "Waiting for your passkey…" : "Use a passkey"}
          </Button>
          <p className="flex items-center gap-3 text-[0.8125rem] text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or
          </p>
        </>
      ) : null}
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          required
          error={emailError}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Field
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {failed && !emailError ? <Failure error={failed.error} /> : null}
        <div className={cn("grid gap-2", ways.canMail && "sm:grid-cols-2")}>
          <Button type="submit" variant={hasPasskeys ? "outline" : "primary"} disabled={busy}>
            {byPassword.isPending ? "Signing in…" : "Sign in"}
          </Button>
          {ways.canMail ? (
            <Button disabled={busy || !email.trim()} onClick={() => begin(() => mailCode.mutate({ email }))}>
              {mailCode.isPending ? "Asking…" : "Mail me a code"}
            </Button>
          ) : null}
        </div>
      </form>
      <OtherWay to={to} way="key">
        With the master key
      </OtherWay>
    </Panel>
  );
}
