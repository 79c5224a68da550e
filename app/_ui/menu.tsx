"use client";

import { EllipsisVertical } from "lucide-react";
import { type ComponentProps, lazy, type ReactNode, Suspense, useState } from "react";
import { patient } from "../_lib/reachability.ts";
import { Button } from "./button.tsx";

// What places and walks a menu is large: it is fetched when a menu is first opened.
const OpenMenu = lazy(patient(() => import("./open-menu.tsx").then((module) => ({ default: module.OpenMenu }))));

export type MenuEntry = {
  name: string;
  icon?: ReactNode;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  title?: string | undefined;
  /** On or off; choosing it leaves the menu open, for the next one. */
  checked?: boolean;
};

type MenuProps = { label: string; button: ComponentProps<typeof Button>; entries: MenuEntry[] };

/** A menu that a button opens. It is made then: one for each of many rows would be felt when scrolling. */
export function Menu({ label, button, entries }: MenuProps) {
  const [isMade, setIsMade] = useState(false);
  const closed = (
    <Button {...button} aria-label={label} aria-haspopup="menu" aria-expanded={false} onClick={() => setIsMade(true)} />
  );
  if (!isMade) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenMenu label={label} button={<Button {...button} aria-label={label} />} entries={entries} />
    </Suspense>
  );
}

/** The menu of a row. */
export function RowMenu({ label, entries }: { label: string; entries: MenuEntry[] }) {
  const button = {
    variant: "ghost",
    size: "icon",
    className: "relative z-10 size-7",
    children: <EllipsisVertical aria-hidden />,
  } as const;
  return <Menu label={label} button={button} entries={entries} />;
}
