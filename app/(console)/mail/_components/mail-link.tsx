"use client";

import type { ComponentProps, MouseEvent } from "react";
import { type MailParams, mailPath } from "./params.ts";
import { useMailParams } from "./use-mail-params.ts";

/** A link to another state of the page: opened in a new tab like any link, else without asking the server for the page. */
export function MailLink({
  to,
  ...props
}: { to: Partial<MailParams> } & Omit<ComponentProps<"a">, "href" | "onClick">) {
  const { params, go } = useMailParams();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a {...props} href={mailPath({ ...params, ...to })} onClick={follow} />;
}
