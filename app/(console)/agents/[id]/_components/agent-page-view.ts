import { parseAsStringLiteral } from "nuqs/server";
import { keysView } from "../../../keys/_components/keys-view.ts";

export const TABS = ["readiness", "activity", "keys", "policy"] as const;

/** What of an agent's page is in the address bar; the list of its keys has its own part. */
export const agentPageView = { tab: parseAsStringLiteral(TABS).withDefault("readiness"), ...keysView };

/** The input of an agent's events: the page prefetches what the list then reads. */
export const activityInput = (agentId: string) => ({ agentId, limit: 50 });
