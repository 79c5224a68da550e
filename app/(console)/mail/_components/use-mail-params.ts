"use client";

import { useQueryStates } from "nuqs";
import { type MailParams, mailParams } from "./params.ts";

/** The page's state and how to change it: each change is a step that Back takes back. */
export function useMailParams(): { params: MailParams; go: (change: Partial<MailParams>) => void } {
  const [params, setParams] = useQueryStates(mailParams, { history: "push" });
  return { params, go: (change) => void setParams(change) };
}
