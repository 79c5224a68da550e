/** The input of an agent's recent events: the page prefetches what the list then reads. */
export const activityInput = (agentId: string) => ({ agentId, limit: 20 });
