/** The `code` of a Node or PostgreSQL error (`ENOENT`, `28P01`), or its message where it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}

type DatabaseError = {
  code?: unknown;
  detail?: unknown;
  meta?: { code?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown; detail?: unknown } } };
};

/** The codes of a database error: its own, and what Prisma wraps of the driver's. */
export function databaseCodes(error: Error): unknown[] {
  const { code, meta } = error as DatabaseError;
  return [code, meta?.code, meta?.driverAdapterError?.cause?.originalCode];
}

/** What the database says besides an error's message; from pg or through Prisma. Empty where it says nothing. */
export function databaseDetail(error: Error): string {
  const { detail, meta } = error as DatabaseError;
  return String(detail ?? meta?.driverAdapterError?.cause?.detail ?? "");
}
