"use client";

import type { ComponentProps, MouseEvent } from "react";

type StateLinkProps = Omit<ComponentProps<"a">, "href" | "onClick"> & {
  href: string;
  /** Shows the state without asking the server for the page. */
  onFollow: () => void;
};

/** A link to another state of the page that one is on: opened in a new tab like any link, else at once. */
export function StateLink({ href, onFollow, ...props }: StateLinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onFollow();
  };
  return <a {...props} href={href} onClick={follow} />;
}
