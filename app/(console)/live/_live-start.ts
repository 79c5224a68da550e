/** What the live view shows before the stream stands. */
export const LIVE_START = { limit: 50 };
