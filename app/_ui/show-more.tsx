import { Button } from "./button.tsx";

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** The button at the end of a list that goes on. */
export function ShowMore({ pages, label = "Show more" }: { pages: Pages; label?: string }) {
  if (!pages.hasNextPage) return null;
  return (
    <Button className="mt-3" onClick={() => pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
      {pages.isFetchingNextPage ? "Loading…" : label}
    </Button>
  );
}
