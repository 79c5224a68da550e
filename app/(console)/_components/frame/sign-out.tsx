"use client";

import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { signingOut } from "../../../_lib/leave.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";

/** Ends the session on the server, not only in this browser, and leads to the door. */
export function useSignOut(door = "/sign-in") {
  const trpc = useTRPC();
  return useMutation(
    trpc.session.signOut.mutationOptions({
      onMutate: () => signingOut(true),
      onError: () => signingOut(false),
      onSuccess: () => window.location.assign(door),
    }),
  );
}

export function SignOut({ className }: { className: string }) {
  const signOut = useSignOut();
  return (
    <button type="button" className={className} onClick={() => signOut.mutate()} disabled={signOut.isPending}>
      <LogOut className="size-4" aria-hidden />
      {signOut.isError ? "Not signed out: try again" : "Sign out"}
    </button>
  );
}
