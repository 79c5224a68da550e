"use client";

import { useMutation } from "@tanstack/react-query";
import type { ApiKey } from "#server/domain/api-keys/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { CopyBlock } from "../../../_ui/copy.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import type { KeyAct } from "./key-menu.tsx";
import { useKeysChanged } from "./use-keys-changed.ts";

/** Asks before a key is revoked or rotated, says what that ends, and shows the new one, this once. */
export function EndKey({ act, apiKey, onClose }: KeyAct & { onClose: () => void }) {
  const trpc = useTRPC();
  const changed = useKeysChanged();
  const rotate = useMutation(trpc.keys.rotate.mutationOptions({ onSuccess: changed }));
  const revoke = useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: async () => {
        await changed();
        onClose();
      },
    }),
  );
  const made = rotate.data?.key;
  const asked = act === "rotate" ? rotate : revoke;
  if (made) {
    return (
      <Modal
        open
        onOpenChange={onClose}
        sticky
        title={`The new key in place of ${apiKey.name}`}
        description="It is shown this once: copy it now. The old one is dead already."
      >
        <CopyBlock text={made} what="key" />
        <Button variant="primary" className="justify-self-end" onClick={onClose}>
          I have copied the key
        </Button>
      </Modal>
    );
  }
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={act === "rotate" ? `Rotate ${apiKey.name}?` : `Revoke ${apiKey.name}?`}
      description={<Consequences act={act} apiKey={apiKey} />}
    >
      {asked.isError ? <ErrorNote error={errorOf(asked.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant={act === "rotate" ? "primary" : "danger"}
          disabled={asked.isPending}
          onClick={() => asked.mutate({ id: apiKey.id })}
        >
          {act === "rotate" ? "Rotate key" : "Revoke key"}
        </Button>
      </div>
    </Modal>
  );
}

function Consequences({ act, apiKey }: { act: KeyAct["act"]; apiKey: ApiKey }) {
  return (
    <>
      <code className="font-mono">{apiKey.prefix}…</code> dies at once: whatever runs with it
      {apiKey.agentName ? ` as ${apiKey.agentName}` : ""} is refused
      {act === "rotate" ? " until it has the new one, which can do the same" : ", for good"}. It was{" "}
      {apiKey.lastUsedAt ? (
        <>
          last used <Time at={apiKey.lastUsedAt} format="relative" />
        </>
      ) : (
        "never used"
      )}
      .{apiKey.kind === "MASTER" ? " Every other session of this console ends with it." : ""}
    </>
  );
}
