"use client";

import { MessageSquare, Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import { useMay } from "../../../_lib/session.tsx";
import { RowMenu } from "../../../_ui/menu.tsx";
import { textsPath } from "../../texts/_components/params.ts";

/** What can be done with a number from its row. */
export function NumberMenu({ number, onRelease }: { number: NumberView; onRelease: () => void }) {
  const router = useRouter();
  const mayRelease = useMay("govern");
  return (
    <RowMenu
      label={`Actions for ${number.display}`}
      entries={[
        {
          name: "Its texts",
          icon: <MessageSquare aria-hidden />,
          onSelect: () => router.push(textsPath({ number: number.phoneNumber })),
        },
        {
          name: "Release…",
          icon: <Undo2 aria-hidden />,
          danger: true,
          disabled: !mayRelease,
          title: mayRelease ? undefined : "Only an owner can release a number.",
          onSelect: onRelease,
        },
      ]}
    />
  );
}
