import { createMailGateway } from "#server/gateways/mail.ts";
import { createTasks } from "#server/jobs/tasks.ts";
import { type MailHost, startMailHost } from "../../e2e/support/mail-host.ts";
import { jobsOf } from "../../server/domain/agents/test-support.ts";
import { consoleOf } from "../../server/trpc/test-support.ts";
import { startTestApp, type TestApp } from "./app.ts";

/** An organisation whose people get their mail from a real SMTP server. */
export type Office = {
  app: TestApp;
  host: MailHost;
  browser: ReturnType<typeof consoleOf>;
  /** Runs what waits on the queue under this name, with the real relay. */
  work(task: string): Promise<void>;
  /** The text of the newest mail to an address, once the queue was worked off. */
  mailTo(address: string, task: string): Promise<string>;
  /** Invites somebody and accepts. @returns their cookies and ids */
  join(owner: string, email: string, role: string): Promise<Joined>;
  close(): Promise<void>;
};

export type Joined = { cookie: string; memberId: string; email: string };

export async function openOffice(env: Record<string, string> = {}): Promise<Office> {
  const host = await startMailHost();
  const app = await startTestApp({ SMTP_RELAY_URL: host.url, PUBLIC_URL: "https://anima.example", ...env });
  const browser = consoleOf(app);
  const mail = createMailGateway(app.runtime.config, { deliver: async () => [], close: async () => {} });
  let people = 0;
  const tasks = createTasks(app.runtime, mail.gateway);

  const office: Office = {
    app,
    host,
    browser,
    async work(task) {
      const run = tasks[task];
      if (!run) throw new Error(`there is no task ${task}`);
      // A task looks before it acts, so what was done already is not done again.
      for (const { payload } of await jobsOf(app, task)) await run(payload, undefined as never);
    },
    async mailTo(address, task) {
      await office.work(task);
      const mails = host.received.filter((one) => one.envelope.to.includes(address));
      const newest = mails.at(-1);
      if (!newest) throw new Error(`there is no mail to ${address}`);
      return newest.parsed.text ?? "";
    },
    async join(owner, email, role) {
      const invited = await browser.mutate("members.invite", { email, role }, { cookie: owner });
      if (invited.status !== 200) throw new Error(JSON.stringify(invited.body));
      const token = linkToken(await office.mailTo(email, "mail-invitation"));
      const input = { token, name: email.split("@")[0] };
      // Each from an address of their own: sign-ins are limited by address.
      const address = `198.51.100.${++people}`;
      const { cookie, body } = await browser.mutate("session.acceptInvitation", input, { address });
      if (!cookie) throw new Error(JSON.stringify(body));
      const { memberId } = await dataOf(browser.query("session.current", {}, { cookie }));
      return { cookie, memberId, email };
    },
    async close() {
      await mail.close();
      await app.close();
      await host.close();
    },
  };
  return office;
}

/** The token of an invitation's link in a text. */
export function linkToken(text: string): string {
  return /\/invite\/([\w-]{43})/.exec(text)?.[1] ?? "";
}

/** The code of a sign-in mail. */
export function codeIn(text: string): string {
  return /code: (\d{4} \d{4})/.exec(text)?.[1] ?? "";
}

// biome-ignore lint/suspicious/noExplicitAny: the answer as it is on the wire
export async function dataOf(answer: Promise<{ status: number; body: any }>): Promise<any> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.result.data;
}

/** The status and code of a refusal. */
// biome-ignore lint/suspicious/noExplicitAny: the answer as it is on the wire
export async function refusal(answer: Promise<{ status: number; body: any }>): Promise<[number, string]> {
  const { status, body } = await answer;
  return [status, body.error?.data.error.code];
}
