import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parse as parseQuery } from "qs";

type Json = Record<string, unknown>;
type Answer = { status: number; body: Json };
type Rules = { required: string[]; known: string[] };

export const API_KEY = "KEY0123456789_standIn";
export const CONNECTION_ID = "1494404757140276705";
export const PROFILE_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

const E164 = /^\+[1-9]\d{6,14}$/;
const COMMAND = ["client_state", "command_id"];
/** Members that a body must and may have; from Telnyx's public API description. */
const BODIES: Record<string, Rules> = {
  "/calls": {
    required: ["connection_id", "from", "to"],
    known: [...COMMAND, "webhook_url", "timeout_secs", "time_limit_secs"],
  },
  "/messages": {
    required: ["to"],
    known: ["from", "text", "messaging_profile_id", "media_urls", "webhook_url", "use_profile_webhooks"],
  },
  "/number_orders": {
    required: ["phone_numbers"],
    known: ["connection_id", "messaging_profile_id", "customer_reference"],
  },
  answer: { required: [], known: [...COMMAND, "webhook_url"] },
  reject: { required: ["cause"], known: COMMAND },
  hangup: { required: [], known: COMMAND },
  speak: { required: ["payload", "voice"], known: [...COMMAND, "payload_type", "language"] },
  send_dtmf: { required: ["digits"], known: COMMAND },
  playback_stop: { required: [], known: [...COMMAND, "stop"] },
  transcription_start: { required: [], known: [...COMMAND, "transcription_tracks"] },
  transcription_stop: { required: [], known: COMMAND },
};

/** A pair of keys as Telnyx has one, its public half in the form that its portal shows. */
export function telnyxKeys() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { privateKey, publicKey: raw.toString("base64") };
}

/**
 * A stand-in for Telnyx's API on a local port, as far as the server uses it: it wants the key, JSON, the required members
 * and no unknown ones, numbers in E.164 and state in base64, and ignores a command whose id it has seen.
 */
export async function startTelnyx() {
  const calls: (Json & { id: string; over: boolean })[] = [];
  const messages: (Json & { id: string; webhook_url?: string })[] = [];
  const orders: Json[] = [];
  const commands: (Json & { action: string; callId: string })[] = [];
  const seen = new Map<string, Json>();
  let records: Json[] = [];
  let afterTaking: "answer" | "hang" | "fail" = "answer";
  const hanging = new Set<() => void>();

  async function handle(request: IncomingMessage): Promise<Answer | "hang"> {
    const { pathname, search } = new URL(request.url ?? "/", "http://telnyx.test");
    if (request.headers.authorization !== `Bearer ${API_KEY}`) return refusal(401, "10009", "Authentication failed");
    const path = pathname.replace(/^\/v2/, "");
    if (request.method === "GET") return read(decodeURIComponent(path), parseQuery(search.slice(1)) as Json);
    if (request.method === "DELETE") return ok({});
    if (!request.headers["content-type"]?.startsWith("application/json"))
      return refusal(415, "10027", "JSON is needed");
    const body = JSON.parse((await text(request)) || "{}") as Json;
    const action = /^\/calls\/([^/]+)\/actions\/(\w+)$/.exec(path);
    const rules = BODIES[action?.[2] ?? path];
    if (!rules) return refusal(404, "10005", "Resource not found");
    const wrong = wrongMember(body, rules);
    if (wrong) return refusal(422, "10015", wrong);
    const once = typeof body.command_id === "string" ? `${action?.[1] ?? ""} ${body.command_id}` : null;
    const before = once === null ? undefined : seen.get(once);
    const made = before ?? (action ? command(action[1] ?? "", action[2] ?? "", body) : make(path, body));
    if (made === null) return refusal(422, "90018", "Call has already ended");
    if (once !== null) seen.set(once, made);
    if (!action && afterTaking === "hang") return "hang";
    if (!action && afterTaking === "fail") return refusal(500, "10019", "internal");
    return ok({ data: made });
  }

  function make(path: string, body: Json): Json {
    if (path === "/calls") {
      const id = `v3:${randomUUID()}`;
      calls.push({ id, over: false, ...body });
      return { call_control_id: id, call_leg_id: randomUUID(), call_session_id: randomUUID(), is_alive: false };
    }
    if (path === "/messages") {
      const message = { id: randomUUID(), ...body };
      messages.push(message);
      return { ...message, record_type: "message" };
    }
    orders.push(body);
    return { id: randomUUID(), status: "pending", ...body };
  }

  function command(callId: string, action: string, body: Json): Json | null {
    const id = decodeURIComponent(callId);
    const call = calls.find((one) => one.id === id);
    if (!call || call.over) return null;
    commands.push({ action, callId: id, ...body });
    if (action === "hangup" || action === "reject") call.over = true;
    return { result: "ok" };
  }

  function read(path: string, query: Json): Answer {
    const filter = (query.filter ?? {}) as Record<string, string>;
    const meta = { page_number: 1, page_size: 20, total_pages: 1, total_results: 1 };
    if (path === `/connections/${CONNECTION_ID}/active_calls`) {
      const alive = calls.filter(({ over }) => !over);
      return ok({ data: alive.map(({ id, client_state }) => ({ call_control_id: id, client_state })), meta });
    }
    if (path === "/detail_records") {
      const match = (record: Json) => record.cli === filter.cli && record.cld === filter.cld;
      return filter.record_type ? ok({ data: records.filter(match), meta }) : refusal(400, "10015", "record_type");
    }
    if (path === "/number_orders") {
      return ok({ data: orders.filter((order) => order.customer_reference === filter.customer_reference), meta });
    }
    if (path === "/phone_numbers") {
      const owned = orders.flatMap((order) => order.phone_numbers as { phone_number: string }[]);
      const found = owned.filter(({ phone_number }) => phone_number === filter.phone_number);
      return ok({ data: found.map((number) => ({ id: "1293384261075731499", ...number })), meta });
    }
    if (path === "/available_phone_numbers") {
      const area = filter.national_destination_code ?? "312";
      const sold = {
        phone_number: `+1${area}5552671`,
        features: [{ name: "sms" }, { name: "voice" }],
        region_information: [{ region_type: "state", region_name: "IL" }],
        cost_information: { monthly_cost: "1.10", upfront_cost: "3.21", currency: "USD" },
      };
      return ok({ data: filter.country_code === "US" ? [sold] : [], meta });
    }
    if (path.startsWith("/number_lookup/")) {
      if (!E164.test(path.split("/").at(-1) ?? "")) return refusal(404, "10005", "Resource not found");
      return ok({ data: { carrier: { type: "fixed line" }, portability: { ported_status: "Y" } } });
    }
    return refusal(404, "10005", "Resource not found");
  }

  const server = createServer((request, response) => {
    void handle(request).then((answer) => {
      if (answer === "hang") {
        hanging.add(() => response.destroy());
        return;
      }
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    apiBase: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    calls,
    messages,
    orders,
    commands,
    /** What becomes of the next orders once they are taken. */
    afterTaking(what: typeof afterTaking) {
      afterTaking = what;
    },
    cut() {
      for (const destroy of hanging) destroy();
      hanging.clear();
    },
    /** The records of messages, which Telnyx writes some time afterwards. */
    record() {
      records = messages.map((message) => ({
        record_type: "message_detail_record",
        uuid: message.id,
        cli: message.from,
        cld: message.to,
        direction: "outbound",
        delivery_status_webhook_url: message.webhook_url,
      }));
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A webhook as Telnyx makes it: its signature is over the time and the body. */
export function telnyxWebhook(
  url: string,
  event: { id?: string; type: string; payload: Json; at?: Date },
  { privateKey }: Pick<ReturnType<typeof telnyxKeys>, "privateKey">,
  signedAt: Date,
): Request {
  const { id = randomUUID(), type, payload, at = signedAt } = event;
  const data = { record_type: "event", id, event_type: type, occurred_at: at.toISOString(), payload };
  const body = JSON.stringify({ data, meta: { attempt: 1, delivered_to: url } });
  const timestamp = String(Math.floor(signedAt.getTime() / 1000));
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "telnyx-timestamp": timestamp,
      "telnyx-signature-ed25519": sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString("base64"),
    },
    body,
  });
}

function wrongMember(body: Json, { required, known }: Rules): string | null {
  const missing = required.find((name) => body[name] === undefined);
  if (missing) return `${missing} is required`;
  const unknown = Object.keys(body).find((name) => !required.includes(name) && !known.includes(name));
  if (unknown) return `${unknown} is not known`;
  const numbers = [body.from, body.to].filter((number) => number !== undefined);
  if (numbers.some((number) => !E164.test(String(number)))) return "must be in E.164";
  const state = body.client_state;
  if (state !== undefined && Buffer.from(String(state), "base64").toString("base64") !== state) return "client_state";
  return String(body.payload ?? "").length > 3_000 ? "payload is too long" : null;
}

function ok(body: Json): Answer {
  return { status: 200, body };
}

function refusal(status: number, code: string, detail: string): Answer {
  return { status, body: { errors: [{ code, title: detail, detail }] } };
}
