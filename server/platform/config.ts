import ipaddr from "ipaddr.js";
import { z } from "zod";
import { StartupError } from "./startup-error.ts";
import { TIERS } from "./tiers.ts";

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
  trustedProxies: string[];
  metricsToken: string | null;
  logLevel: string;
};

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
    trustedProxies: values.TRUSTED_PROXIES,
    metricsToken: values.METRICS_TOKEN ?? null,
    logLevel: values.LOG_LEVEL,
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
