import { Readable } from "node:stream";
import { z } from "zod";
import type { Message as MessageRow } from "#server/platform/generated/client.ts";
import { anyKey } from "../authorise.ts";
import type { Context } from "../context.ts";
import { composeMessage } from "../email/deliver.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { findMessage } from "../messages/get.ts";
import { decodeText, readStart } from "../text-bytes.ts";
import { verb } from "../verb.ts";

const MAX_SHOWN_BYTES = 256 * 1024;

export type MailSource = {
  /** As it came from the peer, or as this server writes it for its peers. */
  origin: "received" | "written";
  /** The first 256 KiB, headers included. */
  text: string;
  /** Whether there is more. */
  isCut: boolean;
};

/** The beginning of a mail's source, to be read. NOT_FOUND, also for a mail whose source was not kept. */
export const readMailSource = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<MailSource> => {
    const row = await findMessage(ctx, input.id, "EMAIL");
    // One byte more than is shown tells whether there is more.
    const start = await readStart(await open(ctx, row), MAX_SHOWN_BYTES + 1);
    return {
      origin: row.direction === "INBOUND" ? "received" : "written",
      text: decodeText(start.subarray(0, MAX_SHOWN_BYTES)),
      isCut: start.length > MAX_SHOWN_BYTES,
    };
  },
});

/** The whole source of a mail, to be saved. NOT_FOUND. */
export const openMailSource = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<{ filename: string; content: Readable }> => {
    const row = await findMessage(ctx, input.id, "EMAIL");
    return { filename: `${row.id}.eml`, content: await open(ctx, row) };
  },
});

async function open(ctx: Context, row: MessageRow): Promise<Readable> {
  const { services } = ctx;
  if (row.direction === "INBOUND") {
    if (row.rawKey === null) throw notFound("source of this message");
    return services.blobs.open(row.rawKey);
  }
  // What is sent is composed at every attempt, to the same bytes, and not kept: see composeMessage.
  const agent = await services.directory.agent(row.orgId, row.agentId);
  return Readable.from([await composeMessage(services, services.mailWriter, row, agent)]);
}
