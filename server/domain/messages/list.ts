import { anyKey } from "../authorise.ts";
import { instant } from "../fields.ts";
import { PageInput } from "../pagination.ts";
import { verb } from "../verb.ts";
import { address, MessageFilterInput, toFilter } from "./filter.ts";
import { pageOfMessages } from "./page.ts";

/** Messages of all channels, newest first. */
export const listMessages = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: MessageFilterInput.extend(PageInput.shape),
  run: (ctx, input) => pageOfMessages(ctx, toFilter(ctx, input), input),
});

/** Mails, newest first. Takes the filters of listMessages, and the names that clients of /email use. */
export const listEmail = verb({
  access: anyKey("email:read"),
  effect: "read",
  input: MessageFilterInput.omit({ channel: true, channels: true }).extend({
    ...PageInput.shape,
    from: address.optional().describe("The same as fromAddress."),
    to: address.optional().describe("The same as toAddress."),
    after: instant.optional().describe("Stored later than this instant."),
    before: instant.optional().describe("Stored earlier than this instant."),
  }),
  run: (ctx, input) => {
    const filter = {
      ...toFilter(ctx, { ...input, channel: "EMAIL" }),
      fromAddress: input.from ?? input.fromAddress,
      toAddress: input.to ?? input.toAddress,
      after: input.after,
      before: input.before,
    };
    return pageOfMessages(ctx, filter, input);
  },
});
