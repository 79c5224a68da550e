/** The page prefetches what its list then reads. */
export const OUTBOX = { limit: 50 };
