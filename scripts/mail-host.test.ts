import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MailHost, replyHeaders, sendReply, startMailHost } from "../e2e/support/mail-host.ts";

const mail = { from: "scout@agents.example", to: "ada@people.example", subject: "Report", text: "Ready." };

async function host(): Promise<MailHost> {
  const started = await startMailHost();
  onTestFinished(() => started.close());
  return started;
}

describe("the mail host of the tests", () => {
  it("gives a mail that is there at once, one that comes as it arrives, and says what came instead", async () => {
    const peer = await host();
    const coming = peer.waitForMail((received) => received.parsed.subject === "Report");
    const { messageId, response } = await sendReply({ smtpPort: peer.port, ...mail });
    expect(response).toMatch(/^250 /);
    expect(await coming).toMatchObject({ messageId, acknowledged: true, secure: true });
    expect(await peer.waitForMail((received) => received.messageId === messageId)).toBe(await coming);
    await expect(peer.waitForMail(() => false, 20)).rejects.toThrow('received: "Report" to ada@people.example');
  });

  it("answers a mail as a mail program does", async () => {
    const peer = await host();
    await sendReply({ smtpPort: peer.port, ...mail, references: ["<first@agents.example>"] });
    const question = await peer.waitForMail(() => true);
    await sendReply({ smtpPort: peer.port, from: mail.to, text: "Thanks.", ...replyHeaders(question) });
    const answer = await peer.waitForMail((received) => received.parsed.subject === "Re: Report");
    expect(answer.envelope).toEqual({ from: "ada@people.example", to: ["scout@agents.example"] });
    expect(answer.parsed.inReplyTo).toBe(question.parsed.messageId);
    expect(answer.parsed.references).toEqual(["<first@agents.example>", question.parsed.messageId]);
  });
});

type Command = { process: ChildProcess; output: () => string; waitFor: (text: string) => Promise<string> };

/** Runs the command and collects what it prints. */
function run(...args: string[]): Command {
  const script = fileURLToPath(new URL("./mail-host.ts", import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const waitFor = async (text: string) => {
    while (!printed.includes(text)) await once(child.stdout, "data");
    return printed;
  };
  return { process: child, output: () => printed, waitFor };
}

describe("node scripts/mail-host.ts", () => {
  it("prints each mail readably, without letting it steer the terminal, and stops on Ctrl-C", async () => {
    const command = run("0");
    const started = await command.waitFor("Ctrl-C stops it.");
    const smtpPort = Number(/smtp:\/\/127\.0\.0\.1:(\d+)/.exec(started)?.[1]);
    const { messageId } = await sendReply({
      smtpPort,
      ...mail,
      text: "Ready.\n\u001b[2JCleared?",
      headers: { "X-Anima-Correlation-Id": "corr_01JCZ8" },
      attachments: [{ filename: "report.csv", content: "a,b" }],
    });
    const printed = await command.waitFor("Cleared?");
    for (const line of [
      "From:        scout@agents.example",
      "To:          ada@people.example",
      "Subject:     Report",
      `Message-ID:  ${messageId}`,
      "Correlation: corr_01JCZ8",
      "Attachments: report.csv (3 bytes)",
      "Ready.",
      "?[2JCleared?",
    ]) {
      expect(printed.split("\n")).toContain(line);
    }
    command.process.kill("SIGINT");
    expect(await once(command.process, "exit")).toEqual([0, null]);
  });

  it("says in one line why it cannot start", async () => {
    const peer = await host();
    const taken = run(String(peer.port));
    expect(await once(taken.process, "close")).toEqual([1, null]);
    expect(taken.output()).toMatch(/^The mail host cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/);
    const wrong = run("mail");
    expect(await once(wrong.process, "close")).toEqual([1, null]);
    expect(wrong.output()).toBe("Not a port number: mail. Usage: node scripts/mail-host.ts [port]\n");
  });
});
