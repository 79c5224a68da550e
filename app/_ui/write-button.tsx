"use client";

import { type ComponentProps, useId } from "react";
import { useWriteRefusal } from "../_lib/write-access.ts";
import { Button } from "./button.tsx";

/** A button that changes something. Where its reader may not, it says why instead, and can still be reached to hear it. */
export function WriteButton({ onClick, ...props }: Omit<ComponentProps<typeof Button>, "asChild">) {
  const refusal = useWriteRefusal();
  const id = useId();
  if (refusal === null) return <Button onClick={onClick} {...props} />;
  return (
    <>
      <Button {...props} type="button" aria-disabled aria-describedby={id} title={refusal} className="opacity-60" />
      <span id={id} className="sr-only">
        {refusal}
      </span>
    </>
  );
}
