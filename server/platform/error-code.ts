/** The `code` of a Node or PostgreSQL error (`ENOENT`, `28P01`), or its message where it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** The codes of a database error: its own, and what Prisma wraps of the driver's. */
export function databaseCodes(error: Error): unknown[] {
  const { code, meta } = error as {
    code?: unknown;
    meta?: { code?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  return [code, meta?.code, meta?.driverAdapterError?.cause?.originalCode];
}
