import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";

type Json = Record<string, unknown>;
type Form = Record<string, string | string[]>;
type Answer = { status: number; body?: Json };
/** What is not answered, and how many requests were not. */
type Silence = { method: string; path: string; when: "before" | "after"; asked: number };
type Resource = Json & { sid: string; form: Form; status?: string; twiml?: string };

export const ACCOUNT = `AC${"0a".repeat(16)}`;
export const AUTH_TOKEN = "0123456789abcdef0123456789abcdef";

const E164 = /^\+[1-9]\d{6,14}$/;
/** What each form must and may hold; from Twilio's public API description. */
const FORMS: Record<string, { required: Record<string, RegExp>; known: Record<string, RegExp> }> = {
  Calls: {
    required: { To: E164, From: E164, Twiml: /^<\?xml .*<Response>/s },
    known: {
      StatusCallback: /^https?:/,
      StatusCallbackEvent: /^(initiated|ringing|answered|completed)$/,
      StatusCallbackMethod: /^(GET|POST)$/,
      Timeout: /^\d+$/,
      TimeLimit: /^\d+$/,
    },
  },
  Call: { required: {}, known: { Status: /^(canceled|completed)$/, Twiml: /^<\?xml .*<Response>/s } },
  Messages: {
    required: { To: E164, From: E164 },
    known: { Body: /^[\s\S]{0,1600}$/, MediaUrl: /^https?:/, StatusCallback: /^https?:/ },
  },
  IncomingPhoneNumbers: {
    required: { PhoneNumber: E164 },
    known: {
      FriendlyName: /^.{1,64}$/,
      VoiceUrl: /^https?:/,
      VoiceMethod: /^POST$/,
      StatusCallback: /^https?:/,
      StatusCallbackMethod: /^POST$/,
      SmsUrl: /^https?:/,
      SmsMethod: /^POST$/,
    },
  },
};

/** Twilio's signature, by its description: HMAC-SHA1 over the address and the form's fields in order. */
export function twilioSignature(url: string, form: Record<string, string>, token = AUTH_TOKEN): string {
  const fields = Object.keys(form)
    .sort()
    .map((name) => name + form[name]);
  return createHmac("sha1", token)
    .update(url + fields.join(""))
    .digest("base64");
}

/**
 * A stand-in for Twilio on a local port, as far as the server uses it: it wants Basic authentication, forms, the required
 * fields, no unknown ones and none of a wrong form, and speaks ConversationRelay.
 */
export async function startTwilio() {
  const requests: { method: string; path: string; form: Form }[] = [];
  const calls: Resource[] = [];
  const messages: Resource[] = [];
  const numbers: Resource[] = [];
  let afterTaking: "answer" | "hang" | "fail" = "answer";
  let lookUp: Json = {};
  let silence: Silence | null = null;
  const hanging = new Set<() => void>();

  async function handle(request: IncomingMessage): Promise<Answer | "hang"> {
    const isUnanswered = silence?.method === request.method && request.url?.includes(silence?.path ?? "");
    const unanswered = isUnanswered ? silence : null;
    if (unanswered) unanswered.asked++;
    if (unanswered?.when === "before") return "hang";
    const answer = await serve(request);
    return unanswered ? "hang" : answer;
  }

  async function serve(request: IncomingMessage): Promise<Answer | "hang"> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://twilio.test");
    const basic = Buffer.from(`${ACCOUNT}:${AUTH_TOKEN}`).toString("base64");
    if (request.headers.authorization !== `Basic ${basic}`) return refusal(401, 20003, "Authenticate");
    const body = await text(request);
    const form = toForm(new URLSearchParams(body));
    requests.push({ method: request.method ?? "", path: pathname, form });
    if (request.method === "POST" && request.headers["content-type"] !== "application/x-www-form-urlencoded") {
      return refusal(415, 20013, "a form is needed");
    }
    if (pathname.startsWith("/v2/PhoneNumbers/")) return lookedUp(pathname, searchParams);
    const [, version, accounts, sid, resource = "", id, sub] = pathname.replace(/\.json$/, "").split("/");
    if (version !== "2010-04-01" || accounts !== "Accounts" || sid !== ACCOUNT) return refusal(404, 20404, "no such");
    if (resource === "AvailablePhoneNumbers") return forSale(id, sub, searchParams);
    if (request.method === "POST") return write(resource, id, form);
    if (request.method === "DELETE") return remove(id);
    if (resource === "Calls" && sub === "Recordings") return { status: 200, body: { recordings: [] } };
    return list(resource, searchParams);
  }

  async function write(resource: string, id: string | undefined, form: Form): Promise<Answer | "hang"> {
    const rules = FORMS[id === undefined ? resource : "Call"];
    if (!rules) return refusal(404, 20404, "no such resource");
    const wrong = wrongField(form, rules);
    if (wrong) return refusal(400, wrong.code, wrong.message);
    if (id !== undefined) return change(id, form);
    const made = make(resource, form);
    if (made === null) return refusal(400, 21422, "not available");
    if (afterTaking === "hang") return "hang";
    if (afterTaking === "fail") return refusal(500, 20500, "internal");
    return { status: 201, body: made };
  }

  function make(resource: string, form: Form): Resource | null {
    const at = new Date().toUTCString().replace("GMT", "+0000");
    const shared = { from: form.From, to: form.To, date_created: at, date_updated: at, account_sid: ACCOUNT };
    if (resource === "Calls") {
      const call = { sid: sidOf("CA"), status: "queued", direction: "outbound-api", ...shared, form };
      calls.push(call);
      return call;
    }
    if (resource === "Messages") {
      const message = { sid: sidOf("SM"), status: "queued", body: form.Body ?? "", ...shared, form };
      messages.push(message);
      return message;
    }
    const taken = numbers.some((number) => number.phone_number === form.PhoneNumber);
    if (taken) return null;
    const capabilities = { sms: true, mms: true, voice: true, fax: false };
    const number = {
      ...shared,
      sid: sidOf("PN"),
      phone_number: form.PhoneNumber,
      friendly_name: form.FriendlyName,
      capabilities,
      form,
    };
    numbers.push(number);
    return number;
  }

  function change(id: string, form: Form): Answer {
    const call = calls.find(({ sid }) => sid === id);
    if (!call) return refusal(404, 20404, "no such call");
    if (["completed", "busy", "failed", "no-answer", "canceled"].includes(String(call.status))) {
      return refusal(400, 21220, "Call is not in-progress. Cannot redirect.");
    }
    if (form.Status) call.status = String(form.Status);
    if (form.Twiml) call.twiml = String(form.Twiml);
    return { status: 200, body: call };
  }

  function remove(id: string | undefined): Answer {
    const index = numbers.findIndex(({ sid }) => sid === id);
    if (index < 0) return refusal(404, 20404, "no such number");
    numbers.splice(index, 1);
    return { status: 204 };
  }

  function list(resource: string, query: URLSearchParams): Answer {
    const all = { Calls: calls, Messages: messages, IncomingPhoneNumbers: numbers }[resource];
    if (!all) return refusal(404, 20404, "no such resource");
    const found = all.filter(
      (one) =>
        (query.get("To") ?? one.to) === one.to &&
        (query.get("From") ?? one.from) === one.from &&
        (query.get("PhoneNumber") ?? one.phone_number) === one.phone_number,
    );
    const name =
      { Calls: "calls", Messages: "messages", IncomingPhoneNumbers: "incoming_phone_numbers" }[resource] ?? "";
    return { status: 200, body: { [name]: found.toReversed(), page: 0, page_size: 50, next_page_uri: null } };
  }

  function forSale(country: string | undefined, type: string | undefined, query: URLSearchParams): Answer {
    if (country !== "US" || type !== "Local") return refusal(404, 20404, "not sold here");
    const area = query.get("AreaCode") ?? "415";
    const available = ["2671", "2672", "2673"].map((line) => ({
      phone_number: `+1${area}555${line}`,
      friendly_name: `(${area}) 555-${line}`,
      region: "CA",
      capabilities: { voice: true, SMS: true, MMS: false, fax: false },
    }));
    return { status: 200, body: { available_phone_numbers: available } };
  }

  function lookedUp(path: string, query: URLSearchParams): Answer {
    const phoneNumber = decodeURIComponent(path.split("/").at(-1) ?? "");
    if (!E164.test(phoneNumber)) return refusal(404, 20404, "no such number");
    if (!/^\d{8}$/.test(query.get("LastVerifiedDate") ?? "")) return refusal(400, 60617, "LastVerifiedDate");
    return { status: 200, body: { phone_number: phoneNumber, valid: true, ...lookUp } };
  }

  const server = createServer((request, response) => {
    void handle(request).then((answer) => {
      if (answer === "hang") {
        hanging.add(() => response.destroy());
        return;
      }
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    apiBase: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    calls,
    messages,
    numbers,
    /** What becomes of the next orders once they are taken. */
    afterTaking(what: typeof afterTaking) {
      afterTaking = what;
    },
    /** Does not answer such requests any more, before or after it has done what they ask for. */
    fallSilent(method: string, path: string, when: "before" | "after"): Silence {
      silence = { method, path, when, asked: 0 };
      return silence;
    },
    speakAgain() {
      silence = null;
    },
    /** Breaks the connections off of which the answers are awaited. */
    cut() {
      for (const destroy of hanging) destroy();
      hanging.clear();
    },
    answerLookUps(answer: Json) {
      lookUp = answer;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A callback as Twilio makes it: signed for the address that it was told. */
export function twilioCallback(url: string, fields: Record<string, string>, token = AUTH_TOKEN): Request {
  const form = { AccountSid: ACCOUNT, ApiVersion: "2010-04-01", ...fields };
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "x-twilio-signature": twilioSignature(url, form, token),
      "i-twilio-idempotency-token": randomBytes(8).toString("hex"),
    },
    body: new URLSearchParams(form).toString(),
  });
}

/** Twilio's end of a conversation. @param url where it was told to connect to; @param port where that is here */
export async function connectRelay(url: string, port: number, callSid: string, token = AUTH_TOKEN) {
  const { pathname, search } = new URL(url);
  const socket = new WebSocket(`ws://127.0.0.1:${port}${pathname}${search}`, {
    headers: { "x-twilio-signature": twilioSignature(url, {}, token) },
  });
  const heard: Json[] = [];
  socket.on("message", (data) => heard.push(JSON.parse(String(data))));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
  const send = (frame: Json) => socket.send(JSON.stringify(frame));
  send({ type: "setup", sessionId: sidOf("VX"), accountSid: ACCOUNT, callSid, direction: "outbound-api" });
  return { heard, send, socket };
}

function wrongField(form: Form, { required, known }: (typeof FORMS)[string]) {
  for (const name of Object.keys(required)) {
    if (form[name] === undefined) return { code: 21201, message: `No '${name}' is specified` };
  }
  for (const [name, value] of Object.entries(form)) {
    const rule = required[name] ?? known[name];
    if (!rule) return { code: 20001, message: `Unknown parameter ${name}` };
    if ([value].flat().some((one) => !rule.test(one))) return { code: 21211, message: `Invalid ${name}` };
  }
  return null;
}

function toForm(fields: URLSearchParams): Form {
  const form: Form = {};
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name);
    form[name] = values.length > 1 ? values : (values[0] ?? "");
  }
  return form;
}

function sidOf(prefix: string): string {
  return prefix + randomBytes(16).toString("hex");
}

function refusal(status: number, code: number, message: string): Answer {
  return { status, body: { status, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` } };
}
