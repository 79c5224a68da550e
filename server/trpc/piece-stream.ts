import type { RestServices } from "#server/rest/environment.ts";

/**
 * An answer that is written while it is read: the next piece is made when the reader has taken the one before, so its size
 * does not matter. It is cut, so that no one takes it for whole, when the session ends or the database fails; then, and
 * when the reader leaves, the pieces are left off.
 */
export function pieceStream(
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
          services.log.warn({ err, file: file.name }, "a streamed answer was cut");
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
      // no-transform: to compress it would hold it back.
      "cache-control": "private, no-store, no-transform",
      "x-content-type-options": "nosniff",
    },
  });
}
