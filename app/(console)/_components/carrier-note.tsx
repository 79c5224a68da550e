import { FlaskConical } from "lucide-react";
import { Link } from "../../_ui/link.tsx";

const NAMES: Record<string, string> = { twilio: "Twilio", telnyx: "Telnyx" };

/** By whose network agents call and text; that it is none, where it is the sandbox. */
export function CarrierNote({ carrier }: { carrier: string }) {
  if (carrier !== "sandbox") {
    return <p className="mb-3 text-[0.8125rem] text-muted">The carrier is {NAMES[carrier] ?? carrier}.</p>;
  }
  return (
    <p className="mb-3 flex items-start gap-2 rounded-md bg-raised px-3 py-2 text-[0.8125rem]">
      <FlaskConical className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
      <span>
        The carrier is the sandbox: nothing leaves this server, and no telephone rings.{" "}
        <Link href="/docs/sandbox" className="text-accent underline underline-offset-2">
          How it behaves
        </Link>
      </span>
    </p>
  );
}
