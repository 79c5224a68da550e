/** The inputs of the audit page's lists: the page prefetches what its parts then read. */
export const recentInput = { limit: 50 };

export const chainInput = (correlationId: string) => ({ correlationId, limit: 100 });
