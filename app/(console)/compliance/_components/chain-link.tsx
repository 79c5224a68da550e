import { chainPath } from "../../../_lib/chain-path.ts";
import { Link } from "../../../_ui/link.tsx";

/** Leads to the chain that something happened in. @param of whose, for those who hear many of them */
export function ChainLink({ correlationId, of }: { correlationId: string | null; of: string }) {
  if (correlationId === null) return <span className="text-muted">not known</span>;
  return (
    <Link
      href={chainPath(correlationId)}
      aria-label={`Chain of ${of}`}
      className="rounded underline decoration-line-strong underline-offset-2"
    >
      Chain
    </Link>
  );
}
