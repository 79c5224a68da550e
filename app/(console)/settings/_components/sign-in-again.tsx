"use client";

import { Button } from "../../../_ui/button.tsx";
import { useSignOut } from "../../_components/frame/sign-out.tsx";
import { Row } from "./section.tsx";

/** Says why password and passkeys are closed, and leads through the door and back here. */
export function SignInAgain() {
  const leave = useSignOut(`/sign-in?to=${encodeURIComponent("/settings")}`);
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
