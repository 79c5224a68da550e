import ipaddr from "ipaddr.js";
import { z } from "zod";
import { readPlans } from "./plans-file.ts";
import { StartupError } from "./startup-error.ts";
import { type Plans, TIERS } from "./tiers.ts";

const ROLE_NAMES = ["web", "mail", "worker"] as const;
type Role = (typeof ROLE_NAMES)[number];

const port = z.coerce.number().int().min(0).max(65_535);
const host = z.string().regex(/^[0-9A-Za-z.:-]+$/, "is not a host name or address");
const urlWith = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });

const roles = z
  .string()
  .transform((text) => text.split(",").map((role) => role.trim()))
  .pipe(z.array(z.enum(ROLE_NAMES)).min(1));

const trustedProxies = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter(Boolean),
  )
  .refine((entries) => entries.every((entry) => ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry)), {
    message: "must be addresses or CIDR ranges, separated by commas",
  });

const secret = z.string().min(8, "is too short to be one");
const phoneId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 hexadecimal digits`);

const days = z.coerce.number().int().min(0).max(365);

const retryDays = z
  .string()
  .transform((text) => text.split(",").map(Number))
  .pipe(z.array(z.int().min(0).max(365)).max(20))
  .refine((list) => list.every((day, index) => index === 0 || day > (list[index - 1] as number)), {
    message: "must be days in ascending order, separated by commas",
  });

function isCurrencyOfCents(code: string): boolean {
  if (!/^[A-Z]{3}$/.test(code) || !Intl.supportedValuesOf("currency").includes(code)) return false;
  const format = new Intl.NumberFormat("en", { style: "currency", currency: code });
  return format.resolvedOptions().maximumFractionDigits === 2;
}

/** Every variable the server reads, with its default. An empty value counts as unset. */
const Environment = z.object({
  PORT: port.default(3000),
  HOST: host.default("127.0.0.1"),
  PUBLIC_URL: urlWith("http:", "https:").optional(),
  ERROR_DOCS_URL: urlWith("http:", "https:").optional(),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: urlWith("postgres:", "postgresql:").optional(),
  REDIS_URL: urlWith("redis:", "rediss:").optional(),
  ROLES: roles.prefault(ROLE_NAMES.join(",")),
  SMTP_PORT: port.default(2525),
  SMTP_HOST: host.default("127.0.0.1"),
  SMTP_TLS_CERT: z.string().optional(),
  SMTP_TLS_KEY: z.string().optional(),
  MAIL_DOMAIN: z
    .string()
    .toLowerCase()
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, "is not a domain")
    .default("agents.localhost"),
  SMTP_RELAY_URL: z
    .union([z.literal("direct"), urlWith("smtp:", "smtps:")], "must be smtp://…, smtps://… or direct")
    .optional(),
  ROOT_KEY: z.string().optional(),
  INIT_ORG_NAME: z.string().min(1).max(100).optional(),
  INIT_MASTER_KEY: z
    .string()
    .regex(/^mk_[A-Za-z0-9]{40,}$/, "must be mk_ and 40 or more letters or digits")
    .optional(),
  INIT_TIER: z.enum(TIERS).optional(),
  SIGNUPS_PER_HOUR: z.coerce.number().int().min(0).default(20),
  PLANS_FILE: z.string().optional(),
  CURRENCY: z
    .string()
    .toUpperCase()
    .refine(isCurrencyOfCents, "must be the code of a currency with cents, such as USD or EUR")
    .default("USD"),
  INVOICE_ISSUER: z.string().max(1_000).optional(),
  INVOICE_DUE_DAYS: days.default(14),
  PAYMENT_RETRY_DAYS: retryDays.prefault("1,3,7"),
  PAYMENT_BLOCK_DAYS: days.default(14),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  STRIPE_API_BASE: urlWith("http:", "https:").default("https://api.stripe.com"),
  CARRIER: z.enum(["sandbox", "twilio", "telnyx"]).default("sandbox"),
  SANDBOX_CLOCK: z.enum(["on", "off"]).optional(),
  TWILIO_ACCOUNT_SID: phoneId("AC").optional(),
  TWILIO_AUTH_TOKEN: secret.optional(),
  TWILIO_API_BASE: urlWith("http:", "https:").optional(),
  TELNYX_API_KEY: secret.optional(),
  TELNYX_PUBLIC_KEY: z
    .string()
    .refine((key) => Buffer.from(key, "base64").length === 32, "must be 32 bytes in base64")
    .optional(),
  TELNYX_CONNECTION_ID: z.string().regex(/^\d+$/, "must be the number of a Call Control application").optional(),
  TELNYX_MESSAGING_PROFILE_ID: z.guid().optional(),
  TELNYX_API_BASE: urlWith("http:", "https:").default("https://api.telnyx.com/v2"),
  TRUSTED_PROXIES: trustedProxies.prefault(""),
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

export type Config = {
  port: number;
  host: string;
  publicUrl: string;
  errorDocsUrl: string;
  dataDir: string;
  databaseUrl: string | null;
  redisUrl: string | null;
  roles: Role[];
  smtp: { port: number; host: string; certPath: string | null; keyPath: string | null };
  mailDomain: string;
  /** smtp(s)://…, "direct", or null: foreign mail stays in the local outbox */
  relayUrl: string | null;
  rootKey: string | null;
  init: { orgName: string; masterKey: string; tier: (typeof TIERS)[number] } | null;
  signupsPerHour: number;
  /** What each plan allows, includes and costs here. */
  plans: Plans;
  /** Of all prices: ISO 4217. */
  currency: string;
  /** issuer: name and address of whoever sends them, in lines. */
  invoices: { issuer: string; dueDays: number };
  /** In days after a payment has failed for the first time: when it is tried again, and from when on overage is blocked. */
  dunning: { retryDays: number[]; blockDays: number };
  /** null: payments are made by hand. */
  stripe: { secretKey: string; webhookSecret: string; apiBase: string } | null;
  carrier: CarrierConfig;
  trustedProxies: string[];
  metricsToken: string | null;
  logLevel: string;
};

export type TwilioConfig = {
  name: "twilio";
  accountSid: string;
  authToken: string;
  /** null: Twilio's own addresses */
  apiBase: string | null;
};
export type TelnyxConfig = {
  name: "telnyx";
  apiKey: string;
  /** Ed25519, base64: what signs the callbacks. */
  publicKey: string;
  connectionId: string;
  messagingProfileId: string;
  apiBase: string;
};
/** clock: whether a master key may set the server's clock. */
export type CarrierConfig = { name: "sandbox"; clock: boolean } | TwilioConfig | TelnyxConfig;

/**
 * Reads and checks the environment once.
 * Throws a StartupError that names the variable, never its value: it may be a secret.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StartupError(
      `${String(issue?.path[0])}: ${issue?.message ?? "is wrong"}.`,
      "Correct or remove that variable; the README's table lists them all.",
    );
  }
  const values = parsed.data;
  const publicUrl = (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, "");
  if ((values.SMTP_TLS_CERT === undefined) !== (values.SMTP_TLS_KEY === undefined)) {
    throw new StartupError("SMTP_TLS_CERT and SMTP_TLS_KEY go together.", "Set both to PEM files, or neither.");
  }
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl,
    errorDocsUrl: (values.ERROR_DOCS_URL ?? `${publicUrl}/docs/errors`).replace(/\/+$/, ""),
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    roles: values.ROLES,
    smtp: {
      port: values.SMTP_PORT,
      host: values.SMTP_HOST,
      certPath: values.SMTP_TLS_CERT ?? null,
      keyPath: values.SMTP_TLS_KEY ?? null,
    },
    mailDomain: values.MAIL_DOMAIN,
    relayUrl: values.SMTP_RELAY_URL ?? null,
    rootKey: values.ROOT_KEY ?? null,
    init: readInit(values),
    signupsPerHour: values.SIGNUPS_PER_HOUR,
    plans: readPlans(values.PLANS_FILE ?? null),
    currency: values.CURRENCY,
    invoices: {
      issuer: values.INVOICE_ISSUER ?? `Anima, ${new URL(publicUrl).host}`,
      dueDays: values.INVOICE_DUE_DAYS,
    },
    dunning: readDunning(values),
    stripe: readStripe(values),
    carrier: readCarrier(values, publicUrl),
    trustedProxies: values.TRUSTED_PROXIES,
    metricsToken: values.METRICS_TOKEN ?? null,
    logLevel: values.LOG_LEVEL,
  };
}

function readDunning(values: z.infer<typeof Environment>): Config["dunning"] {
  const { PAYMENT_RETRY_DAYS: retryDays, PAYMENT_BLOCK_DAYS: blockDays } = values;
  if (blockDays >= (retryDays.at(-1) ?? 0)) return { retryDays, blockDays };
  throw new StartupError(
    "PAYMENT_BLOCK_DAYS is before the last of PAYMENT_RETRY_DAYS.",
    "Block nothing before the last try: set it to that day or a later one.",
  );
}

/** STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET: both, or neither. */
function readStripe(values: z.infer<typeof Environment>): Config["stripe"] {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_BASE: apiBase } = values;
  if (secretKey && webhookSecret) return { secretKey, webhookSecret, apiBase };
  if (!secretKey && !webhookSecret) return null;
  throw new StartupError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together.", "Set both, or neither.");
}

/** What CARRIER needs. The sandbox's clock is everybody's: a server that is public over HTTPS does not let it be set unasked. */
function readCarrier(values: z.infer<typeof Environment>, publicUrl: string): CarrierConfig {
  if (values.CARRIER === "sandbox") {
    const clock = values.SANDBOX_CLOCK ?? (publicUrl.startsWith("https:") ? "off" : "on");
    return { name: "sandbox", clock: clock === "on" };
  }
  const need = (name: keyof typeof values): string => {
    const value = values[name];
    if (typeof value === "string") return value;
    throw new StartupError(`${name} is missing.`, `CARRIER=${values.CARRIER} needs it.`);
  };
  // Carriers call back, and sign the address that they call.
  need("PUBLIC_URL");
  if (values.CARRIER === "twilio") {
    return {
      name: "twilio",
      accountSid: need("TWILIO_ACCOUNT_SID"),
      authToken: need("TWILIO_AUTH_TOKEN"),
      apiBase: values.TWILIO_API_BASE ?? null,
    };
  }
  return {
    name: "telnyx",
    apiKey: need("TELNYX_API_KEY"),
    publicKey: need("TELNYX_PUBLIC_KEY"),
    connectionId: need("TELNYX_CONNECTION_ID"),
    messagingProfileId: need("TELNYX_MESSAGING_PROFILE_ID"),
    apiBase: values.TELNYX_API_BASE.replace(/\/+$/, ""),
  };
}

/** INIT_ORG_NAME, INIT_MASTER_KEY and INIT_TIER: all of them, or none. */
function readInit(values: z.infer<typeof Environment>): Config["init"] {
  const { INIT_ORG_NAME: orgName, INIT_MASTER_KEY: masterKey, INIT_TIER: tier } = values;
  if (!orgName && !masterKey && !tier) return null;
  if (orgName && masterKey && tier) return { orgName, masterKey, tier };
  const missing = Object.entries({ INIT_ORG_NAME: orgName, INIT_MASTER_KEY: masterKey, INIT_TIER: tier })
    .filter(([, value]) => !value)
    .map(([name]) => name);
  throw new StartupError(
    `${missing.join(" and ")} is missing.`,
    "Set INIT_ORG_NAME, INIT_MASTER_KEY and INIT_TIER together, or none of them.",
  );
}
