"use client";

import { type ComponentProps, useId } from "react";
import { cn } from "./cn.ts";

type FieldProps = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  /** What the field is for, shown below it. */
  hint?: string | undefined;
  /** What is wrong with what was entered. */
  error?: string | undefined;
  /** Shown at the end of the field, part of the value: "@example.com". */
  suffix?: string | undefined;
  mono?: boolean;
};

/** A labelled input; hint and error are tied to it for screen readers. */
export function Field({ label, hint, error, suffix, mono = false, className, ...props }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div
        className={cn(
          "flex h-9 items-center rounded-md border bg-surface focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent",
          error ? "border-danger" : "border-line-strong",
        )}
      >
        <input
          id={id}
          className={cn(
            "h-full min-w-0 flex-1 rounded-md bg-transparent px-2.5 outline-none placeholder:text-muted",
            mono && "font-mono text-[0.8125rem]",
            className,
          )}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          {...props}
        />
        {suffix ? <span className="shrink-0 pr-2.5 font-mono text-[0.8125rem] text-muted">{suffix}</span> : null}
      </div>
      {hint ? (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}
