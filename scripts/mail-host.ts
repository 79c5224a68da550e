// A mail host for trying Anima out: `node scripts/mail-host.ts [port]` takes any mail on 127.0.0.1 and prints it.
// Start Anima with SMTP_RELAY_URL=smtp://127.0.0.1:1025 to see what it sends. Ctrl-C stops it.
import { type ReceivedMail, startMailHost } from "../e2e/support/mail-host.ts";

const DEFAULT_PORT = 1025;
const RULE = "-".repeat(72);

/** A mail as a person reads it: who, what, the ids that tie it to its chain, the text, the names of attachments. */
function formatMail(mail: ReceivedMail): string {
  const { parsed } = mail;
  const correlation = parsed.headers.get("x-anima-correlation-id");
  const attachments = parsed.attachments.map((part) => `${part.filename ?? "unnamed"} (${part.size} bytes)`);
  const rows: [string, string][] = [
    ["From", parsed.from?.text ?? mail.envelope.from],
    ["To", mail.envelope.to.join(", ")],
    ["Subject", parsed.subject ?? ""],
    ["Message-ID", mail.messageId ?? ""],
    ["In-Reply-To", parsed.inReplyTo?.replace(/^<|>$/g, "") ?? ""],
    ["Correlation", typeof correlation === "string" ? correlation : ""],
    ["Attachments", attachments.join(", ")],
  ];
  const head = rows.filter(([, value]) => value !== "").map(([name, value]) => `${`${name}:`.padEnd(13)}${value}`);
  return printable([RULE, ...head, "", (parsed.text ?? "(no text)").trimEnd(), ""].join("\n"));
}

/** Mail comes from strangers: nothing in it may steer the terminal. */
function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "?");
}

function readPort(argument: string | undefined): number {
  const port = Number(argument ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`Not a port number: ${argument}. Usage: node scripts/mail-host.ts [port]`);
  process.exit(1);
}

async function main(): Promise<void> {
  const port = readPort(process.argv[2]);
  try {
    const host = await startMailHost({ port, onMail: (mail) => console.log(formatMail(mail)) });
    console.log(`Mail host on ${host.url}: takes any mail and prints it here. Ctrl-C stops it.`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => void host.close().then(() => process.exit(0)));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The mail host cannot listen on 127.0.0.1:${port}: ${reason}. Give another port as argument.`);
    process.exit(1);
  }
}

if (import.meta.main) await main();
