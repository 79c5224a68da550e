import { DomainError } from "#server/domain/errors.ts";
import { type ImportStep, importDoNotCallInSteps } from "#server/domain/phone/do-not-call/import.ts";
import { MAX_BODY_BYTES, tooLarge } from "#server/rest/body.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { pieceStream } from "./piece-stream.ts";
import { answerSession, requireSameOrigin } from "./session-route.ts";

/**
 * Puts the numbers of a CSV file (the body) on the do-not-call list. It is read as it arrives; the answer tells in JSON
 * Lines how much is stored (ImportStep). Whoever leaves before its last line has stored nothing.
 */
export function doNotCallImport(services: RestServices, request: Request): Promise<Response> {
  return answerSession(services, request, async (asked) => {
    requireSameOrigin(asked);
    const body = new ArrivingBody(request);
    try {
      const { steps } = await importDoNotCallInSteps(asked.action, { csv: body.pieces() });
      const answer = { name: "import", mediaType: "application/jsonl; charset=utf-8" };
      return pieceStream(services, answer, linesOf(steps), asked.mayStill);
    } catch (error) {
      // A browser reads the answer once it has sent everything.
      await body.drain();
      throw error;
    }
  });
}

async function* linesOf(steps: AsyncGenerator<ImportStep>): AsyncGenerator<string> {
  for await (const step of steps) yield `${JSON.stringify(step)}\n`;
}

class ArrivingBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #bytes = 0;

  constructor(request: Request) {
    this.#reader = request.body?.getReader();
  }

  /** PAYLOAD_TOO_LARGE, BAD_REQUEST where the browser broke off. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.#next().catch((cause: unknown) => {
        throw new DomainError("BAD_REQUEST", "The file ended before it was complete.", { cause });
      });
      if (!piece) return;
      if (this.#bytes > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
      yield piece;
    }
  }

  /** Reads what is left, as far as somebody in good faith may have sent it. */
  async drain(): Promise<void> {
    while (this.#bytes <= 2 * MAX_BODY_BYTES && (await this.#next().catch(() => undefined)));
  }

  async #next(): Promise<Uint8Array | undefined> {
    const read = await this.#reader?.read();
    this.#bytes += read?.value?.length ?? 0;
    return read?.value;
  }
}
