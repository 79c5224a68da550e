import { Inbox } from "lucide-react";
import { Link } from "../../_ui/link.tsx";

/** Says that mail to other servers does not leave, as long as there is no relay for it. */
export function NoRelayBanner({ mailDomain }: { mailDomain: string }) {
  return (
    <aside
      aria-label="Mail relay"
      className="flex items-start gap-2 border-line border-b bg-warn-soft px-4 py-2 text-[0.8125rem] md:px-8"
    >
      <Inbox className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
      <p>
        No mail relay is configured: mail to addresses outside <code className="font-mono">{mailDomain}</code> waits in
        the{" "}
        <Link href="/mail?box=outbox" className="underline underline-offset-2">
          local outbox
        </Link>
        . Set <code className="font-mono">SMTP_RELAY_URL</code> and restart to send it.
      </p>
    </aside>
  );
}
