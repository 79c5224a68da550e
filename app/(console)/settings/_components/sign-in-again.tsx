"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Row } from "./section.tsx";

/** Says why password and passkeys are closed, and leads through the door and back here. */
export function SignInAgain() {
  const trpc = useTRPC();
  const leave = useMutation(
    trpc.session.signOut.mutationOptions({
      onSuccess: () => window.location.assign(`/sign-in?to=${encodeURIComponent("/settings")}`),
    }),
  );
  return (
    <div className="bg-warn-soft">
      <Row
        name="Sign in again to change how you sign in"
        line="You did so more than 30 minutes ago. This keeps whoever finds the screen open from locking you out."
      >
        <Button size="sm" onClick={() => leave.mutate()} disabled={leave.isPending || leave.isSuccess}>
          Sign in again
        </Button>
      </Row>
    </div>
  );
}
