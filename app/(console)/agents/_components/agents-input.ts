/** The input of the list of agents: the page prefetches what the list then reads. */
export const agentsInput = { limit: 50 };
