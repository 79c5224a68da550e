import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { HandOver, RecipientOutcome } from "#server/domain/email/gateway.ts";
import type { Clock } from "#server/platform/clock.ts";
import { systemResolver } from "./authenticate.ts";
import { defaultLimits } from "./limits.ts";
import { createReceiver } from "./receive.ts";
import { receivedField, removeSpoolFolder, spoolPlace } from "./spool.ts";
import type { Envelope, InboundMailHandler } from "./types.ts";
import { MailWorkerPool } from "./worker-pool.ts";

export type LocalDelivery = {
  deliver: HandOver;
  close(): Promise<void>;
};

type Options = {
  hostname: string;
  spoolDir: string;
  handler: InboundMailHandler;
  clock: Clock;
  onError: (error: unknown) => void;
};

const OWN_MAIL = { spf: "pass", dkim: "pass", dmarc: "pass", dmarcPolicy: null } as const;

/** Delivers mail from one inbox of this server to another: read and stored like foreign mail, but without a socket. */
export function createLocalDelivery(options: Options): LocalDelivery {
  const pool = new MailWorkerPool(defaultLimits);
  const receive = createReceiver({ ...options, resolver: systemResolver(), limits: defaultLimits, pool });

  async function store(from: string, rcptTo: string[], raw: Buffer): Promise<void> {
    const receivedAt = options.clock.now();
    const envelope: Envelope = {
      mailFrom: from,
      rcptTo,
      remoteAddress: "127.0.0.1",
      helo: options.hostname,
      secure: true,
    };
    const { id, folder, rawPath } = spoolPlace(options.spoolDir);
    try {
      await mkdir(dirname(rawPath), { recursive: true, mode: 0o700 });
      const mail = Buffer.concat([Buffer.from(receivedField(envelope, options.hostname, id, receivedAt)), raw]);
      await writeFile(rawPath, mail, { mode: 0o600 });
      await receive({
        folder,
        rawPath,
        rawSizeBytes: mail.length,
        envelope,
        receivedAt,
        verdicts: OWN_MAIL,
        isAbandoned: () => false,
      });
    } finally {
      await removeSpoolFolder(folder);
    }
  }

  return {
    async deliver({ envelope, raw }) {
      const known: string[] = [];
      for (const recipient of envelope.to) {
        if (await options.handler.isKnownRecipient(recipient.toLowerCase())) known.push(recipient);
      }
      let failed = false;
      if (known.length > 0) {
        await store(
          envelope.from,
          known.map((address) => address.toLowerCase()),
          raw,
        ).catch((error) => {
          options.onError(error);
          failed = true;
        });
      }
      return envelope.to.map((recipient): RecipientOutcome => {
        if (!known.includes(recipient)) {
          return { recipient, result: "bounced", code: 550, response: "550 5.1.1 No such mailbox here" };
        }
        if (failed)
          return { recipient, result: "deferred", code: 451, response: "451 4.3.0 The mail could not be stored now" };
        return { recipient, result: "sent", code: 250, response: "250 2.0.0 Stored in the inbox" };
      });
    },
    close: () => pool.close(),
  };
}
