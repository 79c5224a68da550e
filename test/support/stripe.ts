import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import qs from "qs";

type Json = Record<string, unknown>;
type Answer = { status: number; body: Json };
type Intent = Json & { id: string; status: string };

export const STRIPE_KEY = "sk_test_standIn";
export const WEBHOOK_SECRET = "whsec_standIn";

/** Parameters that an endpoint wants, and those that it knows besides; from Stripe's public API description. */
const PARAMETERS: Record<string, { required: string[]; known: string[] }> = {
  "/v1/customers": { required: [], known: ["name", "email", "metadata"] },
  "/v1/customers/{id}": { required: [], known: ["invoice_settings"] },
  "/v1/checkout/sessions": {
    required: ["mode", "success_url", "currency"],
    known: ["customer", "client_reference_id", "metadata", "cancel_url"],
  },
  "/v1/billing_portal/sessions": { required: ["customer"], known: ["return_url"] },
  "/v1/payment_intents": {
    required: ["amount", "currency"],
    known: ["customer", "payment_method", "off_session", "confirm", "description", "metadata"],
  },
};

/**
 * A stand-in for Stripe's API on a local port, as far as the server uses it: it wants the secret key, forms, the required
 * parameters and no unknown ones, replays answers by idempotency key, and signs events.
 */
export async function startStripe() {
  const objects = new Map<string, Json>();
  const answers = new Map<string, { request: string; answer: Answer }>();
  const requests: { method: string; path: string; form: Json; idempotencyKey: string | undefined }[] = [];
  let serial = 0;
  let decline: string | null = null;
  let pending = false;
  let down = false;
  const make = (prefix: string, object: string, fields: Json): Json => {
    const made = { id: `${prefix}_${++serial}`, object, livemode: false, ...fields };
    objects.set(made.id, made);
    return made;
  };

  async function handle(request: IncomingMessage): Promise<Answer> {
    if (down) return refusal(503, "api_error", { message: "down" });
    if (request.headers.authorization !== `Bearer ${STRIPE_KEY}`) {
      return refusal(401, "invalid_request_error", { message: "Invalid API Key provided" });
    }
    const { pathname, search } = new URL(request.url ?? "", "http://stripe.test");
    const body = await text(request);
    if (request.method === "GET") {
      const found = objects.get(pathname.split("/").at(-1) ?? "");
      requests.push({
        method: "GET",
        path: pathname,
        form: qs.parse(search.slice(1)) as Json,
        idempotencyKey: undefined,
      });
      return found ? { status: 200, body: expanded(found, search) } : missing("id");
    }
    if (!request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
      return refusal(400, "invalid_request_error", { message: "expected a form" });
    }
    const form = qs.parse(body) as Json;
    const idempotencyKey = request.headers["idempotency-key"] as string | undefined;
    requests.push({ method: "POST", path: pathname, form, idempotencyKey });
    const known = idempotencyKey === undefined ? undefined : answers.get(idempotencyKey);
    const same = `${pathname} ${body}`;
    if (known && known.request !== same) {
      return refusal(400, "idempotency_error", {
        message: "Keys for idempotent requests can only be used with the same parameters",
      });
    }
    const answer = known?.answer ?? post(pathname, form);
    if (idempotencyKey !== undefined) answers.set(idempotencyKey, { request: same, answer });
    return answer;
  }

  function post(path: string, form: Json): Answer {
    const shape = path.startsWith("/v1/customers/") ? "/v1/customers/{id}" : path;
    const parameters = PARAMETERS[shape];
    if (!parameters)
      return refusal(404, "invalid_request_error", { message: `Unrecognized request URL (POST: ${path})` });
    for (const name of parameters.required) if (form[name] === undefined) return missing(name);
    const unknown = Object.keys(form).find((name) => ![...parameters.required, ...parameters.known].includes(name));
    if (unknown) return refusal(400, "invalid_request_error", { code: "parameter_unknown", param: unknown });
    if (typeof form.customer === "string" && !objects.has(form.customer)) return missing("customer");
    switch (shape) {
      case "/v1/customers":
        return ok(make("cus", "customer", { ...form, invoice_settings: { default_payment_method: null } }));
      case "/v1/customers/{id}": {
        const customer = objects.get(path.split("/").at(-1) ?? "");
        return customer ? ok(Object.assign(customer, form)) : missing("id");
      }
      case "/v1/checkout/sessions": {
        const session = make("cs", "checkout.session", { ...form, status: "open", setup_intent: null });
        return ok(Object.assign(session, { url: `https://checkout.stripe.test/${session.id}` }));
      }
      case "/v1/billing_portal/sessions":
        return ok(make("bps", "billing_portal.session", { ...form, url: "https://portal.stripe.test/p" }));
      default:
        return charge(form);
    }
  }

  function charge(form: Json): Answer {
    if (Number(form.amount) < 50) {
      return refusal(400, "invalid_request_error", { code: "amount_too_small", param: "amount" });
    }
    if (!objects.has(String(form.payment_method))) return missing("payment_method");
    const intent = make("pi", "payment_intent", {
      ...form,
      amount: Number(form.amount),
      amount_received: decline || pending ? 0 : Number(form.amount),
      status: decline ? "requires_payment_method" : pending ? "processing" : "succeeded",
      client_secret: "pi_secret_never_log",
      last_payment_error: decline ? { code: "card_declined", decline_code: decline } : null,
    });
    if (decline === null) return ok(intent);
    const error = { code: "card_declined", decline_code: decline, message: "Your card was declined." };
    return refusal(402, "card_error", { ...error, payment_intent: intent });
  }

  /** With the object in place of the id, where the request asks for it. */
  function expanded(object: Json, search: string): Json {
    const { expand = [] } = qs.parse(search.slice(1)) as { expand?: string[] };
    return {
      ...object,
      ...Object.fromEntries(expand.map((name) => [name, objects.get(String(object[name])) ?? null])),
    };
  }

  const server = createServer((request, response) => {
    void handle(request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json", "request-id": `req_${++serial}` });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** Every payment that was asked for. */
    intents: () => [...objects.values()].filter((object) => object.object === "payment_intent") as Intent[],
    /** From now on cards are declined with this code; null: they pay. */
    declineWith: (code: string | null) => {
      decline = code;
    },
    /** From now on payments are under way until `settle`. */
    leavePending: (on: boolean) => {
      pending = on;
    },
    settle: (id: string, status: "succeeded" | "requires_payment_method", changes: Json = {}) => {
      const intent = objects.get(id) ?? {};
      Object.assign(intent, { status, amount_received: status === "succeeded" ? intent.amount : 0 }, changes);
    },
    goDown: (on: boolean) => {
      down = on;
    },
    /** What a person does on the page of a checkout: leaves a card. */
    completeCheckout: (url: string) => {
      const session = objects.get(url.split("/").at(-1) ?? "") as Json;
      const method = make("pm", "payment_method", { type: "card" });
      const setup = make("seti", "setup_intent", { payment_method: method.id, status: "succeeded" });
      Object.assign(session, { status: "complete", setup_intent: setup.id });
      return session.id as string;
    },
    /** What a person does in the portal: another card. */
    changeCard: (customerId: string) => {
      const method = make("pm", "payment_method", { type: "card" });
      Object.assign(objects.get(customerId) ?? {}, { invoice_settings: { default_payment_method: method.id } });
    },
    event: (type: string, objectId: string, id = `evt_${++serial}`) =>
      JSON.stringify({ id, object: "event", type, api_version: "2026-10-28", data: { object: objects.get(objectId) } }),
    sign: (payload: string, at: Date, secret = WEBHOOK_SECRET) => {
      const t = Math.floor(at.getTime() / 1000);
      return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${payload}`).digest("hex")}`;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function ok(body: Json): Answer {
  return { status: 200, body };
}

function missing(param: string): Answer {
  const message = `Missing required param: ${param}.`;
  return refusal(400, "invalid_request_error", { code: "parameter_missing", param, message });
}

function refusal(status: number, type: string, error: Json): Answer {
  return { status, body: { error: { type, ...error } } };
}
