import type { Mail } from "#server/domain/mailbox/read-mail.ts";
import { Badge } from "../../../_ui/badge.tsx";

type Check = "spf" | "dkim" | "dmarc";
const CHECKS: Check[] = ["spf", "dkim", "dmarc"];

const PASSED: Record<Check, string> = {
  spf: "The server that brought it may send for the envelope sender's domain.",
  dkim: "A domain signed it, and it was not changed since.",
  dmarc: "The domain in From stands for it: SPF or DKIM passed for that domain.",
};
const FAILED: Record<Check, string> = {
  spf: "The envelope sender's domain does not list the server that brought it.",
  dkim: "A signature does not fit: it was changed on the way, or is not from whom it says.",
  dmarc: "Neither SPF nor DKIM passed for the domain in From: it may be forged.",
};
const OTHERS: Record<string, string> = {
  none: "The domain says nothing about it.",
  neutral: "The domain does not say whether this is right.",
  softfail: "The domain thinks that this server should not send for it.",
  temperror: "It could not be looked up in DNS at that moment.",
  permerror: "What the domain publishes, or the mail itself, cannot be read as the rules ask.",
};

function meaningOf(check: Check, verdict: string): string {
  if (verdict === "pass") return PASSED[check];
  if (verdict === "fail") return FAILED[check];
  return OTHERS[verdict] ?? "";
}

function toneOf(verdict: string): "good" | "bad" | "warn" | "neutral" {
  if (verdict === "pass") return "good";
  if (verdict === "fail") return "bad";
  return verdict === "none" || verdict === "neutral" ? "neutral" : "warn";
}

/** Whether the mail is from whom it says, with what that means; and why it is spam. */
export function Verdicts({ mail }: { mail: Mail }) {
  const { authentication } = mail;
  const isSpam = mail.labels.includes("spam");
  return (
    <section aria-label="Authentication" className="border-line border-b px-4 py-2 text-[0.8125rem]">
      {isSpam ? <p className="mb-1.5 text-danger">{spamReason(mail)}</p> : null}
      {authentication ? (
        <details>
          <summary className="flex w-fit flex-wrap items-center gap-1.5 rounded text-muted hover:text-ink">
            {CHECKS.map((check) => (
              <Badge key={check} tone={toneOf(authentication[check])}>
                {check} {authentication[check]}
              </Badge>
            ))}
            <span>what this means</span>
          </summary>
          <dl className="mt-2 grid grid-cols-[4rem_minmax(0,1fr)] gap-y-1">
            {CHECKS.map((check) => (
              <div key={check} className="contents">
                <dt className="font-mono uppercase text-muted">{check}</dt>
                <dd>{meaningOf(check, authentication[check])}</dd>
              </div>
            ))}
            {authentication.dmarcPolicy ? (
              <div className="contents">
                <dt className="text-muted">Policy</dt>
                <dd>
                  On failure the domain asks: <code className="font-mono">{authentication.dmarcPolicy}</code>
                </dd>
              </div>
            ) : null}
          </dl>
        </details>
      ) : (
        <p className="text-muted">SPF, DKIM and DMARC were not checked.</p>
      )}
    </section>
  );
}

function spamReason({ authentication }: Mail): string {
  if (authentication?.dmarc === "fail" && authentication.dmarcPolicy === "reject") {
    return "Spam: it failed DMARC, and the domain in From asks that such mail be refused.";
  }
  return "Spam: somebody gave it that label.";
}
