import { DomainError } from "#server/domain/errors.ts";
import { exportAuditEvents } from "#server/domain/events/export.ts";
import { mediaTypeOf, writeEvents } from "#server/domain/events/export-format.ts";
import { exportOrganization, writeOrganization } from "#server/domain/organizations/export.ts";
import { exportDoNotCall, writeDoNotCall } from "#server/domain/phone/do-not-call/export.ts";
import { contentDisposition } from "#server/rest/content-disposition.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { parseStrictJson } from "#server/rest/strict-json.ts";
import { inputOf } from "./init.ts";
import { pieceStream } from "./piece-stream.ts";
import { answerSession, requireSameOrigin } from "./session-route.ts";

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

/** The do-not-call list as CSV. */
export function doNotCallFile(services: RestServices, request: Request): Promise<Response> {
  return answerSession(services, request, async (asked) => {
    requireSameOrigin(asked);
    const { total, batches } = await exportDoNotCall(asked.action, {});
    const file = { name: "do-not-call.csv", mediaType: "text/csv; charset=utf-8; header=present" };
    const response = fileStream(services, file, writeDoNotCall(batches, { saysWhole: true }), asked.mayStill);
    response.headers.set("x-record-count", String(total));
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

async function readBody(request: Request): Promise<unknown> {
  const bytes = await request.bytes();
  if (bytes.length > MAX_BODY_BYTES) throw new DomainError("PAYLOAD_TOO_LARGE", "The filter is too long.");
  return parseStrictJson(bytes);
}

/** A file to save that is written while it is read. */
function fileStream(
  services: RestServices,
  file: { name: string; mediaType: string },
  pieces: AsyncGenerator<string>,
  mayStill: () => Promise<boolean>,
): Response {
  const response = pieceStream(services, file, pieces, mayStill);
  response.headers.set("content-disposition", contentDisposition(file.name));
  return response;
}
