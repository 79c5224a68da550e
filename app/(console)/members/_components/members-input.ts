/** The input of the list of members: the page prefetches what the list then reads. */
export const membersInput = { limit: 50 };
