"use client";

import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useTRPC } from "../../_lib/trpc.tsx";
import { Button } from "../../_ui/button.tsx";

/** Ends the session on the server, not only in this browser. */
export function SignOut() {
  const trpc = useTRPC();
  const signOut = useMutation(
    trpc.session.signOut.mutationOptions({ onSuccess: () => window.location.assign("/sign-in") }),
  );
  return (
    <Button variant="ghost" size="sm" onClick={() => signOut.mutate()} disabled={signOut.isPending}>
      <LogOut />
      {signOut.isError ? "Not signed out: try again" : "Sign out"}
    </Button>
  );
}
