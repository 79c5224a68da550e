import { type EventSearch, filterOf } from "../../_components/events/search.ts";

/** The inputs of the audit page's lists: the page prefetches what its parts then read. */
export const resultsInput = (search: EventSearch) => ({ ...filterOf(search), order: "desc" as const, limit: 100 });

export const chainInput = (correlationId: string) => ({ correlationId, limit: 100 });
