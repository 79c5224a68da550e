"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import type { Member } from "#server/domain/members/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

/** Ends a membership after a question that says what ends with it. */
export function RemoveMember({ member, isSelf }: { member: Member; isSelf: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess: () => {
        if (isSelf) return window.location.assign("/sign-in");
        return queryClient.invalidateQueries(trpc.members.list.pathFilter());
      },
    }),
  );
  const change = (next: boolean) => {
    remove.reset();
    setOpen(next);
  };
  return (
    <>
      <Button variant="ghost" size="icon" aria-label={`Remove ${member.email}`} onClick={() => change(true)}>
        <UserMinus />
      </Button>
      <Modal
        open={open}
        onOpenChange={change}
        title={isSelf ? "Leave this organisation?" : `Remove ${member.email}?`}
        description={
          isSelf
            ? "You are signed out of it at once. To come back you need another invitation."
            : "They are signed out at once, wherever they are. Agents, keys and the log stay as they are. To bring them back, invite them again."
        }
      >
        {remove.isError ? <ErrorNote error={errorOf(remove.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            variant="danger"
            disabled={remove.isPending || remove.isSuccess}
            onClick={() => remove.mutate({ id: member.id })}
          >
            {isSelf ? "Leave" : "Remove member"}
          </Button>
        </div>
      </Modal>
    </>
  );
}
