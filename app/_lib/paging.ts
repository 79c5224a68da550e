/** How an infinite query goes on: every list says where its next page begins. */
export const nextPage = {
  getNextPageParam: (page: { pagination: { nextCursor: string | null } }) => page.pagination.nextCursor,
};
