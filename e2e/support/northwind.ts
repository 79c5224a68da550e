import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../test/support/free-port.ts";
import { type Anima, startAnima } from "./anima.ts";
import { Api, MASTER_KEY } from "./console.ts";
import { type MailHost, type ReceivedMail, replyHeaders, sendReply, startMailHost } from "./mail-host.ts";
import { fillCompliance } from "./northwind-compliance.ts";
import type { Made } from "./pages.ts";
import { exchange, giveNumber, type Talk, takeCall } from "./phone.ts";

const DOMAIN = "agents.northwind.example";
const ORDER = "order-20418";
const WAIT_MS = 60_000;

type Agent = Awaited<ReturnType<Api["agent"]>>;
type Mail = { id: string };
type Calls = Made["calls"] & { talk: Talk };
export type Northwind = { anima: Anima; made: Made; stop(): Promise<void> };

/**
 * A server with an organisation as it may be after a morning's work, made through the public API and SMTP: agents that
 * write to each other and to people, answers from outside, bounces, a mail host that is busy, a paused agent and what it
 * was refused, an agent without an inbox, and one order as a chain of more than twenty events.
 */
export async function startNorthwind(): Promise<Northwind> {
  const host = await startMailHost({ script: peers });
  const smtpPort = await freePort();
  const anima = await startAnima({
    INIT_ORG_NAME: "Northwind Logistics",
    INIT_MASTER_KEY: MASTER_KEY,
    INIT_TIER: "SCALE",
    MAIL_DOMAIN: DOMAIN,
    SMTP_PORT: String(smtpPort),
    SMTP_RELAY_URL: host.url,
  });
  let talk: Talk | undefined;
  const stop = async () => {
    talk?.agent.close();
    await anima.stop();
    await host.close();
  };
  try {
    const { calls, ...made } = await fill(anima, host, smtpPort);
    talk = calls.talk;
    return { anima, made: { ...made, calls }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How the other servers answer. */
function peers(question: Parameters<NonNullable<Parameters<MailHost["behave"]>[0]>>[0]) {
  if (question.stage !== "rcpt") return "accept";
  const domain = question.to.split("@")[1];
  if (domain === "gone.example") return { code: 550, text: "5.1.1 No such user here" } as const;
  if (domain === "busy.example") return { code: 451, text: "4.7.1 Greylisted, try again in 5 minutes" } as const;
  return "accept";
}

async function fill(anima: Anima, host: MailHost, smtpPort: number): Promise<Made & { calls: Calls }> {
  const api = new Api(anima.url);
  const desk = await api.agent("Order desk");
  const stock = await api.agent("Stock keeper");
  const carrier = await api.agent("Carrier booking");
  const invoices = await api.agent("Invoice clerk");
  const triage = await api.agent("Support triage");
  const recruiting = await api.agent("Recruiting assistant");
  const reader = await api.agent("Contract reader");
  const work = new Work(anima, host, smtpPort);

  const messageId = await work.order({ desk, stock, carrier, invoices });
  await work.support(triage);
  await work.trouble({ invoices, recruiting, reader, api });
  await work.settled();
  const threadId = await text(api, desk, triage);
  await setCaps(api, desk);
  await fillCompliance(anima.url, api, await api.agent("Delivery caller"));
  const calls = await telephone(anima.url, api, triage);
  return { agent: desk, correlationId: ORDER, messageId, threadId, calls };
}

/** A customer who calls twice: one call is over, one goes on as long as its agent's end is open. */
export async function telephone(url: string, api: Api, agent: Agent): Promise<Calls> {
  const person = "+13055550117";
  const line = { key: agent.key, from: person, to: await giveNumber(api, agent.id), greeting: "Northwind, hello?" };
  const first = await takeCall({ url, api }, line);
  await exchange(api, first, "Where is my parcel, number 7731?", "It is on the van. It comes before noon.");
  await exchange(api, first, "Good. Please do not call me about the parcel again.", "Understood. Goodbye.");
  first.agent.send({ type: "call.hangup", callId: first.callId });
  await first.agent.waitFor((frame) => frame.type === "call.ended");
  first.agent.close();
  const talk = await takeCall({ url, api }, line);
  await exchange(api, talk, "The van was here, and there is no parcel.", "I am sorry. I look where it is.");
  return { running: talk.callId, ended: first.callId, person, talk };
}

/** Caps as somebody may have set them: one that is half used, and one of an agent that blocks. */
async function setCaps(api: Api, desk: Agent): Promise<void> {
  await api.call("PUT", "/v1/billing/hard-cap", { meters: { email: { daily: { capUnits: 30 } } } });
  await api.call("PUT", `/v1/agents/${desk.id}/hard-cap`, {
    meters: { email: { capUnits: 4 }, voice: { mode: "alert-only", capCents: 500 } },
  });
}

/** What people and agents text in the sandbox: answers, a STOP, a number that nobody can be reached at. @returns a thread */
async function text(api: Api, desk: Agent, triage: Agent): Promise<string> {
  const buy = async (agent: Agent, areaCode: string) => {
    const bought = await api.call("POST", "/v1/phone/provision", { agentId: agent.id, areaCode });
    return ((await bought.json()) as { phoneNumber: string }).phoneNumber;
  };
  const [ours, second] = [await buy(desk, "415"), await buy(triage, "212")];
  const area = areaAwake(new Date().getUTCHours());
  const kim = `+1${area}5550110`;
  const consent = { metadata: { consent_source: "customer-initiated" } };
  const send = (to: string, body: string, correlationId?: string) =>
    api.call("POST", "/v1/phone/send-sms", { agentId: desk.id, to, body, ...consent }, correlationId);
  const receive = (from: string, to: string, body: string) =>
    api.call("POST", "/v1/sandbox/inbound-sms", { from, to, body });

  await send(kim, "Your shelves arrive on Thursday between 7:00 and 9:00. Gate code: 4471.", ORDER);
  await send(`+1${area}5550156`, "Driver NF-88213 is at the gate.");
  await send(`+1${area}5550157`, "Your order 20302 is ready.");
  await receive("+12125550142", second, "Is dock 9 open on Saturday?");
  await receive(kim, ours, "Great \u{1F69A} The gate is open from 6:30 on. Please ring twice, the bell is old.");
  return until("the conversation with Kim", async () => {
    const answer = await api.call("GET", `/v1/phone/sms/threads?agentId=${desk.id}`);
    const { items } = (await answer.json()) as { items: { threadId: string; lastMessageSnippet: string }[] };
    return items.find(({ lastMessageSnippet }) => lastMessageSnippet.startsWith("Great"))?.threadId;
  });
}

/** An area code where people may be texted at this hour of UTC; there is none at eleven, when texts are refused. */
function areaAwake(hour: number): string {
  if (hour >= 12) return "340";
  return hour < 6 ? "808" : "671";
}

class Work {
  readonly #anima: Anima;
  readonly #host: MailHost;
  readonly #smtpPort: number;

  constructor(anima: Anima, host: MailHost, smtpPort: number) {
    this.#anima = anima;
    this.#host = host;
    this.#smtpPort = smtpPort;
  }

  /** From a customer's order to its invoice, all in one chain. @returns the id of a mail of it */
  async order(agents: Record<"desk" | "stock" | "carrier" | "invoices", Agent>): Promise<string> {
    const { desk, stock, carrier, invoices } = agents;
    const kim = "kim.larsen@fjordfurniture.example";
    const offer = await this.send(desk, kim, "Your order 20418: 40 oak shelves", OFFER, {
      correlationId: ORDER,
      html: OFFER_HTML,
    });
    await this.send(desk, stock.email, "Reserve 40 × SHELF-OAK-120", "Reserve them until Friday, please.", {
      correlationId: ORDER,
    });
    const asked = await this.inbound(stock, "Reserve 40 × SHELF-OAK-120");
    await this.reply(stock, asked, "Reserved: 36 in Aarhus, 4 in Malmö. They stand together on Thursday.");
    const accepted = await this.answerOf(
      kim,
      "Your order 20418",
      "Yes, please send them. The gate is open 7:00-15:00.",
    );
    await this.inbound(desk, accepted);
    await this.send(desk, carrier.email, "Book a truck: Aarhus to Bergen, 1.2 t", "Thursday, with a tail lift.", {
      correlationId: ORDER,
    });
    await this.inbound(carrier, "Book a truck: Aarhus to Bergen, 1.2 t");
    await this.send(
      carrier,
      "dispatch@nordfreight.example",
      "Booking request 20418",
      "1.2 t, Aarhus to Bergen, Thursday.",
      {
        correlationId: ORDER,
      },
    );
    const booked = await this.answerOf("dispatch@nordfreight.example", "Booking request 20418", "Confirmed: NF-88213.");
    await this.reply(carrier, await this.inbound(carrier, booked), "Thank you. The driver gets the gate code by SMS.");
    await this.send(invoices, kim, "Invoice 20418", "Attached. Due in 30 days.", {
      correlationId: ORDER,
      cc: ["accounts@gone.example"],
      attachments: [
        { filename: "invoice-20418.csv", content: Buffer.from("item,pieces,EUR\nshelf,40,2360\n").toString("base64") },
      ],
    });
    return offer.id;
  }

  /** People who write in, and what they are answered. */
  async support(triage: Agent): Promise<void> {
    const questions = [
      ["Mira Costa", "mira@hafenkontor.example", "Where is parcel 7731?", "It should have been here on Tuesday."],
      ["Jon Whitfield", "jon@whitfield.example", "Damaged pallet", "Two boxes on pallet 4 are crushed, see below."],
      ["A. Petrova", "petrova@stroyka.example", "Change of address", "From Monday on: Dock 9 instead of Dock 3."],
    ] as const;
    for (const [name, address, subject, text] of questions) {
      await sendReply({ smtpPort: this.#smtpPort, from: `${name} <${address}>`, to: triage.email, subject, text });
      const received = await this.inbound(triage, subject);
      if (subject !== "Change of address")
        await this.reply(triage, received, "Thank you. I look into it and come back to you today.");
    }
  }

  /** What does not go well: bounces, a busy server, refusals. */
  async trouble(parts: Record<"invoices" | "recruiting" | "reader", Agent> & { api: Api }): Promise<void> {
    const { invoices, recruiting, reader, api } = parts;
    await this.send(invoices, "pay@gone.example", "Reminder: invoice 20207", "It was due on the 3rd.");
    await this.send(invoices, "office@busy.example", "Invoice 20415", "Attached.");
    await this.send(recruiting, "sam@example.com", "Your application", "Can we talk on Wednesday?");
    await api.call("PATCH", `/v1/agents/${recruiting.id}`, { status: "PAUSED" });
    for (const subject of ["Second interview", "Travel costs"]) {
      await api.send(recruiting.key, "sam@example.com", subject, "hiring-sam");
    }
    // What an agent's key may not do.
    await new Api(this.#anima.url, reader.key).call("POST", "/v1/agents", { name: "A second me" });
    await api.call("DELETE", `/v1/inboxes/${encodeURIComponent(reader.email)}`);
    await api.send(reader.key, "legal@example.com", "Clause 4", "contract-118");
  }

  async send(agent: Agent, to: string, subject: string, body: string, extra: Extra = {}): Promise<Mail> {
    const { correlationId, html, ...fields } = extra;
    const mail = { to, subject, body, ...(html ? { bodyHtml: html } : {}), ...fields };
    return this.accepted(await new Api(this.#anima.url, agent.key).call("POST", "/v1/email/send", mail, correlationId));
  }

  async reply(agent: Agent, to: Mail, body: string): Promise<void> {
    await this.accepted(await new Api(this.#anima.url, agent.key).call("POST", `/v1/email/${to.id}/reply`, { body }));
  }

  private async accepted(response: Response): Promise<Mail> {
    if (response.status !== 201) throw new Error(`not accepted: ${response.status} ${await response.text()}`);
    return (await response.json()) as Mail;
  }

  /** A person's answer to the mail that they received. @returns its subject */
  async answerOf(address: string, subject: string, text: string): Promise<string> {
    const isIt = (mail: ReceivedMail) =>
      mail.envelope.to.includes(address) && (mail.parsed.subject ?? "").startsWith(subject);
    const mail = await this.#host.waitForMail(isIt, WAIT_MS);
    await sendReply({ smtpPort: this.#smtpPort, from: address, ...replyHeaders(mail), text });
    return replyHeaders(mail).subject;
  }

  /** The mail with the subject, once it is in the agent's inbox. */
  inbound(agent: Agent, subject: string): Promise<Mail> {
    const api = new Api(this.#anima.url, agent.key);
    return until(`"${subject}" in the inbox of ${agent.name}`, async () => {
      const { items } = (await (await api.call("GET", "/v1/email?direction=INBOUND&limit=50")).json()) as {
        items: (Mail & { subject: string })[];
      };
      return items.find((mail) => mail.subject === subject);
    });
  }

  /** Waits until nothing is on its way any more but what is held or was deferred. */
  settled(): Promise<true> {
    return until("the outbox to be worked off", async () => {
      const answer = await new Api(this.#anima.url).call("GET", "/v1/email?status=QUEUED&limit=50");
      const { items } = (await answer.json()) as { items: { statusReason: string | null }[] };
      const chain = await new Api(this.#anima.url).call("GET", `/v1/audit/events?correlation_id=${ORDER}&limit=100`);
      const { items: events } = (await chain.json()) as { items: unknown[] };
      if (events.length < 20) return undefined;
      return items.every((mail) => mail.statusReason !== null) ? true : undefined;
    });
  }
}

type Extra = {
  correlationId?: string;
  html?: string;
  cc?: string[];
  attachments?: { filename: string; content: string }[];
};

async function until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

const OFFER = `Dear Kim,

40 oak shelves (120 cm) are in stock. Delivery to Bergen on Thursday, 2,360 EUR including freight.
Answer this mail to confirm.

Northwind Logistics, order desk`;

const OFFER_HTML = `<p>Dear Kim,</p>
<p><b>40 oak shelves</b> (120 cm) are in stock. Delivery to Bergen on <b>Thursday</b>.</p>
<table><tr><td>Shelves</td><td>2,180 EUR</td></tr><tr><td>Freight</td><td>180 EUR</td></tr></table>
<p>Answer this mail to confirm.</p>`;
