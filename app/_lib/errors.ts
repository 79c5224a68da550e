import { TRPCClientError } from "@trpc/client";
import type { ErrorView } from "#server/trpc/errors.ts";

/** An error of a console call as it is shown; also where no answer came at all. */
export function errorOf(error: unknown): ErrorView {
  const data = error instanceof TRPCClientError ? (error.data as { error?: ErrorView } | null) : null;
  if (data?.error) return data.error;
  const isOffline = typeof navigator !== "undefined" && !navigator.onLine;
  return {
    code: "SERVICE_UNAVAILABLE",
    title: "No answer",
    detail: isOffline
      ? "This browser is offline: nothing was sent. Try again once it is back."
      : "The server does not answer. It may be restarting, or your connection is interrupted.",
    details: {},
    requestId: null,
    retryable: true,
    docs: "/docs/errors/service-unavailable",
  };
}

/** What a refusal says about one field of a form, or about a value in it where it holds several (`to.0`). */
export function fieldError(error: ErrorView | null, field: string): string | undefined {
  const fields = error?.details.fields;
  if (!Array.isArray(fields)) return undefined;
  return (fields as { field: string; message: string }[]).find(
    (problem) => problem.field === field || problem.field.startsWith(`${field}.`),
  )?.message;
}
