"use client";

import { useQueryStates } from "nuqs";
import { type TextsParams, textsParams } from "./params.ts";

/** The page's state and how to change it: each change is a step that Back takes back. */
export function useTextsParams(): { params: TextsParams; go: (change: Partial<TextsParams>) => void } {
  const [params, setParams] = useQueryStates(textsParams, { history: "push" });
  return { params, go: (change) => void setParams(change) };
}
