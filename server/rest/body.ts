import type { Context as HonoContext } from "hono";
import { DomainError } from "#server/domain/errors.ts";
import type { RestEnv } from "./environment.ts";
import { parseStrictJson } from "./strict-json.ts";

export const MAX_BODY_BYTES = 30 * 1024 * 1024;

/** Without a key there is only the sign-up to be sent. */
const MAX_ANONYMOUS_BODY_BYTES = 64 * 1024;

/** How large the body of this request may be. */
export function maxBodyBytes(c: HonoContext<RestEnv>): number {
  return c.var.ctx.principal.kind === "anonymous" ? MAX_ANONYMOUS_BODY_BYTES : MAX_BODY_BYTES;
}

const bodies = new WeakMap<Request, Promise<Buffer>>();

/** The bytes of the request's body, read once. PAYLOAD_TOO_LARGE over maxBodyBytes, BAD_REQUEST where the client broke off. */
export function readBody(c: HonoContext<RestEnv>): Promise<Buffer> {
  const request = c.req.raw;
  const known = bodies.get(request);
  if (known) return known;
  const reading = collect(request, maxBodyBytes(c)).catch((error) => {
    if (error instanceof DomainError) throw error;
    throw new DomainError("BAD_REQUEST", "The body ended before it was complete.", {
      details: { field: "body" },
      cause: error,
    });
  });
  bodies.set(request, reading);
  return reading;
}

async function collect(request: Request, limit: number): Promise<Buffer> {
  // The size is known and allowed (see bodyMemory): the fast way. To ask for `body` alone makes a whole stream.
  const length = request.headers.get("content-length");
  if (length !== null) return length === "0" ? Buffer.alloc(0) : Buffer.from(await request.arrayBuffer());
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** 413. The rest of the body is not read, so the connection ends with the answer. */
export function tooLarge(limit: number): DomainError {
  const size = limit === MAX_BODY_BYTES ? "30 MiB" : "64 KiB, which is all that may be sent without a key";
  return new DomainError(
    "PAYLOAD_TOO_LARGE",
    `The body is larger than ${size}. Send less, or fewer attachments at a time.`,
    { details: { field: "body", limitBytes: limit }, headers: { connection: "close" } },
  );
}

/**
 * The body as JSON: an empty object where there is none (whatever its content type).
 * UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, VALIDATION_ERROR.
 */
export async function readJson(c: HonoContext<RestEnv>): Promise<Record<string, unknown>> {
  const bytes = await readBody(c);
  if (bytes.length === 0) return {};
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") {
    throw new DomainError("UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed: send no Content-Encoding.", {
      details: { field: "content-encoding", received: encoding.slice(0, 100) },
    });
  }
  const mediaType = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== undefined && mediaType !== "application/json" && !mediaType.endsWith("+json")) {
    throw new DomainError("UNSUPPORTED_MEDIA_TYPE", "The body must be JSON: send Content-Type: application/json.", {
      details: { field: "content-type", received: mediaType.slice(0, 100) },
    });
  }
  const value = parseStrictJson(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DomainError("VALIDATION_ERROR", "body: must be a JSON object.", {
      details: { fields: [{ field: "body", message: "must be a JSON object." }] },
    });
  }
  return value as Record<string, unknown>;
}
