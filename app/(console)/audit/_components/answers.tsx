"use client";

import dynamic from "next/dynamic";

// A search has one of the two for its answer, and fetches only that one.
export const Chain = dynamic(() => import("./chain.tsx").then((module) => module.Chain));
export const Results = dynamic(() => import("./results.tsx").then((module) => module.Results));
