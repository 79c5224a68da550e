"use client";

import { CircleUser, Keyboard as KeyboardIcon } from "lucide-react";
import { Button } from "../../../_ui/button.tsx";
import { Popover, PopoverButton } from "../../../_ui/popover.tsx";
import { ThemeChoice } from "../../../_ui/theme-toggle.tsx";
import { Kbd } from "./kbd.tsx";
import { useFrame } from "./keyboard.tsx";
import { SignOut } from "./sign-out.tsx";

const ITEM =
  "flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-muted transition-colors hover:bg-raised hover:text-ink";

/** What concerns this person's session: theme, keyboard, signing out. */
export function SessionMenu({ orgName }: { orgName: string }) {
  const open = useFrame();
  return (
    <>
      <Button asChild variant="ghost" size="sm" className="md:w-full md:justify-start">
        <PopoverButton opens="session-menu">
          <CircleUser aria-hidden />
          <span className="max-md:sr-only">Session</span>
        </PopoverButton>
      </Button>
      <Popover id="session-menu" label="Session" className="max-md:top-14 max-md:right-3 md:bottom-14 md:left-3">
        <p className="max-w-64 truncate px-2 pt-1 pb-2 text-[0.8125rem] text-muted">
          Signed in to <span className="font-medium text-ink">{orgName}</span>
        </p>
        <ThemeChoice />
        <ul className="mt-2 grid gap-0.5">
          <li>
            <button
              type="button"
              className={ITEM}
              popoverTarget="session-menu"
              popoverTargetAction="hide"
              onClick={() => open("help")}
            >
              <KeyboardIcon className="size-4" aria-hidden /> Keyboard shortcuts
              <span className="ml-auto">
                <Kbd keys={["?"]} />
              </span>
            </button>
          </li>
          <li>
            <SignOut className={ITEM} />
          </li>
        </ul>
      </Popover>
    </>
  );
}
