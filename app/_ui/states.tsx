import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ErrorView } from "#server/trpc/errors.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy.tsx";
import { Link } from "./link.tsx";

/** The code of an error, which leads to what it means, and the request id, by which the log knows it. */
export function ErrorFacts({ error, children }: { error: ErrorView; children?: ReactNode }) {
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem]">
      <Link href={error.docs} className="font-mono text-danger underline underline-offset-2">
        {error.code}
      </Link>
      {error.requestId ? (
        <span className="inline-flex min-w-0 items-center gap-1 text-muted">
          <code className="break-all font-mono">{error.requestId}</code>
          <CopyButton text={error.requestId} what="request id" />
        </span>
      ) : null}
      {children}
    </p>
  );
}

/** What went wrong, its code and request id, and what to do. */
export function ErrorNote({ error, onRetry }: { error: ErrorView; onRetry?: () => void }) {
  return (
    <div role="alert" className="rounded-md border border-danger/40 bg-danger-soft p-3">
      <p className="flex items-start gap-2 font-medium">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
        <span>{error.detail}</span>
      </p>
      <div className="pl-6">
        <ErrorFacts error={error}>
          {onRetry && error.retryable ? (
            <Button size="sm" onClick={onRetry}>
              Try again
            </Button>
          ) : null}
        </ErrorFacts>
      </div>
    </div>
  );
}

/** Nothing is here yet, why, and how that changes. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 rounded-lg border border-dashed border-line-strong/50 px-6 py-12 text-center">
      <p className="font-medium">{title}</p>
      <div className="max-w-md text-muted">{children}</div>
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  );
}

/** The place of something that is still coming. */
function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("motion-safe:animate-pulse rounded bg-raised", className)} />;
}

/** Rows that are still coming, of the size of the rows to come. */
export function SkeletonRows({ rows, what }: { rows: number; what: string }) {
  return (
    <div role="status" className="overflow-hidden rounded-lg border border-line bg-surface">
      <span className="sr-only">Loading {what}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} className="flex h-11 items-center gap-4 border-line border-b px-4 last:border-b-0">
          <Skeleton className="h-3 w-24" />
          <Skeleton className="h-3 w-40" />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
