"use client";

import { Ban, RotateCw } from "lucide-react";
import type { ApiKey } from "#server/domain/api-keys/schemas.ts";
import { useWriteRefusal } from "../../../_lib/write-access.ts";
import { RowMenu } from "../../../_ui/menu.tsx";

export type KeyAct = { act: "revoke" | "rotate"; apiKey: ApiKey };

/** What can be done with a key. */
export function KeyMenu({ apiKey, onAct }: { apiKey: ApiKey; onAct: (act: KeyAct) => void }) {
  const refusal = useWriteRefusal();
  const shared = { disabled: refusal !== null, title: refusal ?? undefined };
  return (
    <RowMenu
      label={`Actions for ${apiKey.name} ${apiKey.prefix}`}
      entries={[
        {
          ...shared,
          name: "Rotate",
          icon: <RotateCw aria-hidden />,
          onSelect: () => onAct({ act: "rotate", apiKey }),
        },
        {
          ...shared,
          name: "Revoke",
          icon: <Ban aria-hidden />,
          danger: true,
          onSelect: () => onAct({ act: "revoke", apiKey }),
        },
      ]}
    />
  );
}
