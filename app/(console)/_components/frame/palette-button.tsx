"use client";

import { Search } from "lucide-react";
import { Kbd } from "./kbd.tsx";
import { useFrame } from "./keyboard.tsx";

/** Opens the command palette for those who do not know its key. */
export function PaletteButton() {
  const open = useFrame();
  return (
    <button
      type="button"
      onClick={() => open("palette")}
      className="flex h-8 items-center gap-2 rounded-md px-2 text-[0.8125rem] text-muted hover:bg-raised hover:text-ink md:w-full md:border md:border-line"
    >
      <Search className="size-4 shrink-0" aria-hidden />
      <span className="max-md:sr-only">Find or do</span>
      <span className="ml-auto hidden md:inline">
        <Kbd keys={["mod+k"]} />
      </span>
    </button>
  );
}
