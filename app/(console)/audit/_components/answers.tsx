"use client";

import dynamic from "next/dynamic";
import { patient } from "../../../_lib/reachability.ts";

// A search has one of the two for its answer, and fetches only that one.
export const Chain = dynamic(patient(() => import("./chain.tsx").then((module) => module.Chain)));
export const Results = dynamic(patient(() => import("./results.tsx").then((module) => module.Results)));
