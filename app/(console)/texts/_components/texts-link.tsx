"use client";

import type { ComponentProps } from "react";
import { StateLink } from "../../../_ui/state-link.tsx";
import { type TextsParams, textsPath } from "./params.ts";
import { useTextsParams } from "./use-texts-params.ts";

/** A link to another state of the page. */
export function TextsLink({
  to,
  ...props
}: { to: Partial<TextsParams> } & Omit<ComponentProps<typeof StateLink>, "href" | "onFollow">) {
  const { params, go } = useTextsParams();
  return <StateLink {...props} href={textsPath({ ...params, ...to })} onFollow={() => go(to)} />;
}
