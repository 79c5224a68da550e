"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import type { MenuEntry } from "./menu.tsx";

const ITEM =
  "flex cursor-default select-none items-center gap-2 rounded px-2 py-1.5 text-[0.8125rem] outline-none data-highlighted:bg-raised data-disabled:opacity-60 [&_svg]:size-3.5 [&_svg]:shrink-0";

type OpenMenuProps = { label: string; button: ReactNode; entries: MenuEntry[] };

/** A menu that is open as it appears; its button opens and closes it from then on. */
export function OpenMenu({ label, button, entries }: OpenMenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{button}</DropdownMenu.Trigger>
      {/* In the page's landmark, so that whoever goes by landmarks finds it (axe: region). */}
      <DropdownMenu.Portal container={document.querySelector("main")}>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="animate-fade z-50 min-w-44 rounded-md border border-line bg-surface p-1 shadow-lg"
        >
          {entries.map((entry) => (
            <Entry key={entry.name} {...entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ name, icon, onSelect, danger = false, disabled = false, title, checked }: MenuEntry) {
  if (checked === undefined) {
    return (
      <DropdownMenu.Item
        className={cn(ITEM, danger && "text-danger")}
        disabled={disabled}
        title={title}
        onSelect={onSelect}
      >
        {icon} {name}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.CheckboxItem
      className={ITEM}
      checked={checked}
      disabled={disabled}
      onSelect={(event) => event.preventDefault()}
      onCheckedChange={onSelect}
    >
      <span className="inline-flex size-3.5 items-center justify-center">
        <DropdownMenu.ItemIndicator>
          <Check className="text-accent" aria-hidden />
        </DropdownMenu.ItemIndicator>
      </span>
      {name}
    </DropdownMenu.CheckboxItem>
  );
}
