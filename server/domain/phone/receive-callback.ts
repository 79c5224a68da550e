import { z } from "zod";
import { anyone } from "../authorise.ts";
import { DomainError, notFound } from "../errors.ts";
import { verb } from "../verb.ts";
import { CallbackForged, CallbackUnreadable } from "./carrier.ts";

/**
 * Takes what a carrier tells: its signature is looked at before anything else, and it is answered when what it tells is
 * stored, so that it tells again what was not.
 * NOT_FOUND where that carrier is not ours, FORBIDDEN for a wrong signature, BAD_REQUEST for what is none of its callbacks.
 */
export const receiveCallback = verb({
  access: anyone,
  input: z.object({
    carrier: z.enum(["twilio", "telnyx"]),
    /** As the carrier called it. */
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
  run: async ({ services }, { carrier: name, url, headers, body }) => {
    const { carrier } = services;
    if (carrier.name !== name) throw notFound("carrier");
    const request = { method: "POST", url, headers: new Headers(headers), body: Buffer.from(body) };
    const { news, answer } = await carrier.readCallback(request).catch((error: unknown) => {
      if (error instanceof CallbackForged) throw new DomainError("FORBIDDEN", "The signature is wrong.");
      if (error instanceof CallbackUnreadable) throw new DomainError("BAD_REQUEST", `Not readable: ${error.message}.`);
      throw error;
    });
    if (news.length > 0) await services.carrierNews(news);
    return answer;
  },
});
