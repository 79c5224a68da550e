"use client";

import { useState } from "react";
import { Modal } from "../../../_ui/overlay.tsx";
import { Kbd } from "./kbd.tsx";
import { SHORTCUTS, type Shortcut } from "./shortcuts.ts";
import { setSingleKeys, singleKeysOn } from "./single-keys.ts";

/** What the keyboard does, on every page and on the one that is open. */
export function ShortcutList({ ofPage, onClose }: { ofPage: Shortcut[]; onClose: () => void }) {
  const [on, setOn] = useState(singleKeysOn);
  const change = (next: boolean) => {
    setSingleKeys(next);
    setOn(next);
  };
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keyboard shortcuts"
      description="Single keys do nothing while you type in a field."
    >
      <Keys shortcuts={SHORTCUTS} />
      {ofPage.length > 0 ? (
        <section className="grid gap-1.5 border-line border-t pt-3">
          <h3 className="font-semibold">On this page</h3>
          <Keys shortcuts={ofPage} />
        </section>
      ) : null}
      <label className="flex items-center gap-2 border-line border-t pt-3">
        <input
          type="checkbox"
          className="size-4 accent-accent-fill"
          checked={on}
          onChange={(event) => change(event.target.checked)}
        />
        Shortcuts of single keys are on
      </label>
    </Modal>
  );
}

function Keys({ shortcuts }: { shortcuts: Shortcut[] }) {
  return (
    <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-1.5">
      {shortcuts.map(({ keys, does }) => (
        <div key={does} className="contents">
          <dt>{does}</dt>
          <dd className="justify-self-end">
            <Kbd keys={keys} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
