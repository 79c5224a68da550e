import { onTestFinished } from "vitest";
import type { DkimKey, OutgoingMail, RecipientOutcome } from "#server/domain/email/gateway.ts";
import { type MailHost, type MailHostOptions, startMailHost } from "../../../e2e/support/mail-host.ts";
import { dkimDnsRecords } from "./dkim.ts";

/** A mail host that lives as long as the test. */
export async function host(options: MailHostOptions = {}): Promise<MailHost> {
  const started = await startMailHost(options);
  onTestFinished(() => started.close());
  return started;
}

/** `sent 250`, one word and code for each recipient. */
export const summary = (outcomes: RecipientOutcome[]) => outcomes.map((one) => `${one.result} ${one.code}`);

/** A plain mail for tests, with what a test is about laid over it. */
export function outgoing(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: "01JCZ8M3V0N7Q2@agents.example",
    date: new Date("2026-03-01T12:00:00Z"),
    from: { address: "scout@agents.example", name: "Scout" },
    to: ["human@people.example"],
    cc: [],
    bcc: [],
    subject: "Your report",
    text: "The report is ready.\n",
    html: null,
    headers: {},
    inReplyTo: null,
    references: [],
    correlationId: null,
    attachments: [],
    automatic: false,
    ...changes,
  };
}

/** DNS as the verifier of a signed mail sees it: the TXT records of the keys and nothing else. */
export function dnsWithKeys(keys: DkimKey[]): (name: string, type: string) => Promise<string[][]> {
  const records = new Map(dkimDnsRecords(keys).map((record) => [record.name, record.value]));
  return async (name, type) => {
    const value = records.get(name);
    if (type !== "TXT" || value === undefined) throw Object.assign(new Error("no such record"), { code: "ENOTFOUND" });
    return [[value]];
  };
}

/** The header lines of a raw mail, unfolded. */
export function headerLines(raw: Buffer): string[] {
  const head = raw.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
  return head.replace(/\r\n[ \t]/g, " ").split("\r\n");
}
