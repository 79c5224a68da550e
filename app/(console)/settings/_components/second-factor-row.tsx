"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { Row } from "./section.tsx";
import { type Profile, useAccountChanged } from "./use-account.ts";

/** Switches on and off that password and code are followed by a passkey. */
export function SecondFactorRow({ account }: { account: Profile }) {
  const trpc = useTRPC();
  const changed = useAccountChanged();
  const set = useMutation(trpc.account.setSecondFactor.mutationOptions({ onSuccess: changed }));
  const { secondFactor, passkeys, fresh } = account;
  const line = secondFactor
    ? "On: after password or code you are asked for a passkey. Without one you do not get in."
    : passkeys.length === 0
      ? "Off. Add a passkey to switch it on."
      : "Off: password or code alone let you in. A passkey alone always does: it is two factors in one.";
  return (
    <Row name="Second factor" line={line}>
      {fresh && passkeys.length > 0 ? (
        <Button size="sm" disabled={set.isPending} onClick={() => set.mutate({ enabled: !secondFactor })}>
          {secondFactor ? "Switch off" : "Switch on"}
        </Button>
      ) : null}
      {set.isError ? (
        <div className="basis-full">
          <Failure error={set.error} />
        </div>
      ) : null}
    </Row>
  );
}
