import type { Clock } from "#server/platform/clock.ts";
import { Slots } from "#server/platform/slots.ts";
import { authenticateMail, type DNSResolver } from "./authenticate.ts";
import { detectAutomatic } from "./automatic.ts";
import { firstValue, type HeaderBlock, headerBytes, headerRecord, readHeaderBlock } from "./header-block.ts";
import type { MailInLimits } from "./limits.ts";
import type { Envelope, InboundMailHandler, MailVerdicts, ParsedMessage, ReceivedMail } from "./types.ts";
import type { MailWorkerPool } from "./worker-pool.ts";

type ReceiverOptions = {
  hostname: string;
  handler: InboundMailHandler;
  resolver: DNSResolver;
  limits: MailInLimits;
  clock: Clock;
  pool: MailWorkerPool;
};

export type SpooledTransaction = {
  /** The mail's own folder in the spool. */
  folder: string;
  rawPath: string;
  rawSizeBytes: number;
  envelope: Envelope;
  receivedAt: Date;
  /** Known beforehand for mail of our own, which no foreign server vouches for. */
  verdicts?: MailVerdicts;
  /** True when the peer has gone: it did not get a 250 and will send the mail again. */
  isAbandoned: () => boolean;
};

/**
 * Makes the function that turns a spooled mail into a ReceivedMail and hands it to the handler. It resolves when the
 * handler has stored the mail. At most `concurrentMails` are in work at once, the others wait as files.
 */
export function createReceiver(options: ReceiverOptions): (transaction: SpooledTransaction) => Promise<void> {
  const slots = new Slots(options.limits.concurrentMails);
  return async (transaction) => {
    const { rawPath, rawSizeBytes, envelope, receivedAt, isAbandoned } = transaction;
    const header = await readHeaderBlock(rawPath, options.limits);
    // Without a slot: it may wait seconds for DNS, and needs little memory while it does.
    const verdicts =
      transaction.verdicts ??
      (await authenticateMail(
        { rawPath, header, envelope, receivedAt },
        { ...options, verifyDkim: (input) => options.pool.verifyDkim(input) },
      ));
    await slots.take(async () => {
      if (isAbandoned()) return;
      const message = await readMessage(transaction, header, options);
      const extracted = await extractReply(message, options);
      if (isAbandoned()) return;
      const mail: ReceivedMail = {
        ...message,
        ...extracted,
        envelope,
        rawPath,
        rawSizeBytes,
        receivedAt,
        headers: headerRecord(header),
        automatic: detectAutomatic(header, envelope.mailFrom),
        verdicts,
      };
      await options.handler.accept(mail);
    });
  };
}

/** The whole mail, or its header alone where its MIME structure cannot be read within bounds. */
async function readMessage(
  { rawPath, folder }: SpooledTransaction,
  header: HeaderBlock,
  { pool, limits }: ReceiverOptions,
): Promise<ParsedMessage> {
  const input = {
    rawPath,
    header: headerBytes(header.fields),
    date: firstValue(header, "date"),
    folder,
    limits,
  };
  let message: ParsedMessage;
  try {
    message = await pool.parse({ ...input, bodyOffset: header.bodyOffset });
  } catch {
    // Hostile or broken beyond bounds. The mail is still accepted; `truncated` says so and the raw file is whole.
    message = await pool.parse({ ...input, bodyOffset: null });
    message.truncated.push("mime");
  }
  if (header.truncated) message.truncated.push("headers");
  return message;
}

async function extractReply(message: ParsedMessage, { pool }: ReceiverOptions) {
  try {
    const extracted = await pool.extractReply({ text: message.text, html: message.html });
    if (extracted) return { extractedText: extracted.text, extractedHtml: extracted.html };
  } catch {
    // The rules took too long on this text, so it is given whole; `truncated` says so.
  }
  message.truncated.push("extractedText");
  return { extractedText: message.text, extractedHtml: null };
}
