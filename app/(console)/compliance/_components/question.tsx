"use client";

import type { ReactNode } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { Button } from "../../../_ui/button.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

type QuestionProps = {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The act, on its button. */
  act: string;
  asked: { isPending: boolean; isError: boolean; error: unknown };
  onAct: () => void;
  onClose: () => void;
};

/** Asks before something is done that lets a person be called again. */
export function Question({ title, children, act, asked, onAct, onClose }: QuestionProps) {
  return (
    <Modal open onOpenChange={onClose} title={title} description={children}>
      {asked.isError ? <ErrorNote error={errorOf(asked.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="danger" disabled={asked.isPending} onClick={onAct}>
          {act}
        </Button>
      </div>
    </Modal>
  );
}
