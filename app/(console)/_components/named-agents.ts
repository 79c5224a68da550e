/** The input of the list in which names of agents are looked up; pages that show names prefetch the same. */
export const NAMED_AGENTS = { limit: 100 };
