"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Row } from "./section.tsx";
import { type Profile, useAccountChanged } from "./use-account.ts";

export function PasswordRow({ account }: { account: Profile }) {
  const [open, setOpen] = useState(false);
  const { hasPassword } = account;
  return (
    <Row name="Password" line={hasPassword ? "Set. Stored as an argon2id hash." : "None."}>
      {hasPassword || account.fresh ? (
        <Button size="sm" onClick={() => setOpen(true)}>
          {hasPassword ? "Change password" : "Set a password"}
        </Button>
      ) : null}
      <Modal
        open={open}
        onOpenChange={setOpen}
        title={hasPassword ? "Change your password" : "Set a password"}
        description="Your other sessions end, in every organisation."
      >
        <PasswordForm account={account} onDone={() => setOpen(false)} />
      </Modal>
    </Row>
  );
}

function PasswordForm({ account, onDone }: { account: Profile; onDone: () => void }) {
  const trpc = useTRPC();
  const changed = useAccountChanged();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const done = async () => {
    await changed();
    onDone();
  };
  const set = useMutation(trpc.account.setPassword.mutationOptions({ onSuccess: done }));
  const remove = useMutation(trpc.account.removePassword.mutationOptions({ onSuccess: done }));
  const failed = [set, remove].find((one) => one.isError);
  const error = failed ? errorOf(failed.error) : null;
  const [currentError, passwordError] = [fieldError(error, "current"), fieldError(error, "password")];
  const busy = set.isPending || remove.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.reset();
    set.mutate({ password, ...(current ? { current } : {}) });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
      {account.hasPassword ? (
        <Field
          label="Current password"
          type="password"
          name="current-password"
          autoComplete="current-password"
          required={!account.fresh}
          hint={account.fresh ? "Not needed: you have just signed in." : undefined}
          error={currentError}
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
      ) : null}
      <Field
        label="New password"
        type="password"
        name="new-password"
        autoComplete="new-password"
        required
        hint="At least 12 characters."
        error={passwordError}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {error && !currentError && !passwordError ? <ErrorNote error={error} /> : null}
      <div className="flex flex-wrap justify-end gap-2">
        {account.hasPassword && account.fresh ? (
          <Button variant="danger-outline" className="mr-auto" disabled={busy} onClick={() => remove.mutate()}>
            Remove password
          </Button>
        ) : null}
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={busy}>
          {set.isPending ? "Saving…" : "Save password"}
        </Button>
      </div>
    </form>
  );
}
