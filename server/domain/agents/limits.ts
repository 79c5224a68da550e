/** How many agents are named at once: as many ids as an address of the console's API has room for. */
export const NAMED_AT_ONCE = 50;
