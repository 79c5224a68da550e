"use client";

import type { ComponentProps } from "react";
import { StateLink } from "../../../_ui/state-link.tsx";
import { type MailParams, mailPath } from "./params.ts";
import { useMailParams } from "./use-mail-params.ts";

/** A link to another state of the page. */
export function MailLink({
  to,
  ...props
}: { to: Partial<MailParams> } & Omit<ComponentProps<typeof StateLink>, "href" | "onFollow">) {
  const { params, go } = useMailParams();
  return <StateLink {...props} href={mailPath({ ...params, ...to })} onFollow={() => go(to)} />;
}
