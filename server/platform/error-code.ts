/** The `code` of a Node or PostgreSQL error (`ENOENT`, `28P01`), or its message where it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
