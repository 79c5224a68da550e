import type { Config } from "./platform/config.ts";
import type { EmbeddedPostgres } from "./platform/embedded-postgres.ts";

type BannerFacts = {
  config: Config;
  httpPort: number;
  smtpPort: number | null;
  postgres: EmbeddedPostgres | null;
  /** Where the mail domain's DNS records stand. */
  dnsRecords: string | null;
  link: { url: string; purpose: "sign-in" | "setup" } | null;
};

/** What a person needs to know once the server runs: where it is, how to get in, and what is not configured. */
function bannerLines(facts: BannerFacts): string[] {
  const { config, httpPort, smtpPort, postgres, link } = facts;
  const lines = ["", "Anima is ready", ""];
  const row = (name: string, text: string) => lines.push(`  ${name.padEnd(12)}${text}`);
  if (link) {
    row("Console", link.url);
    row(
      "",
      link.purpose === "setup"
        ? "make the first organisation; the link works once, for 15 minutes"
        : "signs you in; works once, for 15 minutes",
    );
    row("API", `${config.publicUrl}/v1  (OpenAPI: ${config.publicUrl}/v1/openapi.json)`);
  }
  row("HTTP", `${config.host}:${httpPort}`);
  row("SMTP", smtpPort === null ? "off" : `${config.smtp.host}:${smtpPort} takes mail for ${config.mailDomain}`);
  if (facts.dnsRecords) row("DNS", `publish ${facts.dnsRecords}, or other servers do not trust the mail`);
  row("Data", config.dataDir);
  if (postgres) {
    row("Database", postgres.dataDirectory);
    if (postgres.relocatedBecause) row("", postgres.relocatedBecause);
  } else {
    row("Database", "DATABASE_URL");
  }
  if (config.roles.length < 3) row("Roles", config.roles.join(", "));
  const missing = notConfigured(config);
  if (missing.length > 0) {
    lines.push("", "  Not configured:");
    for (const text of missing) lines.push(`  - ${text}`);
  }
  lines.push("");
  return lines;
}

function notConfigured(config: Config): string[] {
  const missing: string[] = [];
  if (config.relayUrl === null) {
    missing.push(
      "SMTP_RELAY_URL: mail to other servers stays QUEUED in the local outbox, and verification codes are not mailed.",
    );
  }
  if (config.mailDomain === "agents.localhost") {
    missing.push("MAIL_DOMAIN: agents' addresses end in @agents.localhost, which no other server can answer.");
  }
  if (config.carrier.name === "sandbox") {
    missing.push("CARRIER: calls and texts stay in the sandbox; no real telephone rings.");
  }
  if (config.databaseUrl !== null && config.redisUrl === null) {
    missing.push("REDIS_URL: every process counts rate limits for itself.");
  }
  return missing;
}

/** Prints it to the terminal. */
export function printBanner(facts: BannerFacts): void {
  process.stdout.write(`${bannerLines(facts).join("\n")}\n`);
}
