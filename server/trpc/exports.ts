import { DomainError } from "#server/domain/errors.ts";
import { exportAuditEvents } from "#server/domain/events/export.ts";
import { mediaTypeOf, writeEvents } from "#server/domain/events/export-format.ts";
import { exportOrganization, writeOrganization } from "#server/domain/organizations/export.ts";
import { contentDisposition } from "#server/rest/content-disposition.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { parseStrictJson } from "#server/rest/strict-json.ts";
import { inputOf } from "./init.ts";
import { answerSession, type SessionRequest } from "./session-route.ts";

const MAX_BODY_BYTES = 16_384;

/** The events of a search as a file. The body is the filter of the list, and `format`: csv or jsonl. */
export function eventsFile(services: RestServices, request: Request): Promise<Response> {
  return answerSession(services, request, async (asked) => {
    requireSameOrigin(asked);
    const input = await readBody(request);
    const { format, range, batches } = await exportAuditEvents(asked.action, inputOf(exportAuditEvents)(input));
    const file = { name: `events.${format}`, mediaType: mediaTypeOf(format) };
    const response = fileStream(services, file, writeEvents(format, batches), asked.mayStill);
    response.headers.set("x-log-range", `${range.first}-${range.end}`);
    return response;
  });
}

/** All data of the organisation as a file of JSON Lines. */
export function organizationFile(services: RestServices, request: Request): Promise<Response> {
  return answerSession(services, request, async (asked) => {
    requireSameOrigin(asked);
    const batches = await exportOrganization(asked.action, {});
    const file = { name: "anima-data.jsonl", mediaType: "application/jsonl; charset=utf-8" };
    return fileStream(services, file, writeOrganization(batches), asked.mayStill);
  });
}

function requireSameOrigin({ sameOrigin }: SessionRequest): void {
  if (!sameOrigin) throw new DomainError("FORBIDDEN", "This came from another site than the console.");
}

async function readBody(request: Request): Promise<unknown> {
  const bytes = await request.bytes();
  if (bytes.length > MAX_BODY_BYTES) throw new DomainError("PAYLOAD_TOO_LARGE", "The filter is too long.");
  return parseStrictJson(bytes);
}

/**
 * A file that is written while it is read: the next piece is made when the reader has taken the one before, so its size
 * does not matter. It is cut, so that no one takes it for whole, when the session ends or the database fails.
 */
function fileStream(
  services: RestServices,
  file: { name: string; mediaType: string },
  pieces: AsyncGenerator<string>,
  mayStill: () => Promise<boolean>,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (!(await mayStill())) throw new Error("the session has ended");
          const { done, value } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (err) {
          services.log.warn({ err, file: file.name }, "an export was cut");
          await pieces.return(undefined);
          controller.error(err);
        }
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": file.mediaType,
      "content-disposition": contentDisposition(file.name),
      // no-transform: to compress it would hold it back.
      "cache-control": "private, no-store, no-transform",
      "x-content-type-options": "nosniff",
    },
  });
}
