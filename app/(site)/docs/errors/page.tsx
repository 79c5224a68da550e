import type { Metadata } from "next";
import { ERRORS, type ErrorCode, errorSlug } from "#server/domain/errors.ts";
import { Link } from "../../../_ui/link.tsx";
import { inline } from "../../_components/markdown.tsx";
import { ERROR_PAGES } from "./_content.ts";

export const metadata: Metadata = { title: "Errors" };

export default function ErrorsPage() {
  return (
    <>
      <div className="prose mb-6">
        <h1>Errors</h1>
        <p>
          Every refusal has a <code>code</code> to program against, a <code>detail</code> to read, <code>details</code>{" "}
          that name what is wrong, and a <code>requestId</code>. The body follows RFC 7807; <code>type</code> is the
          address of its page here.
        </p>
      </div>
      <ul className="overflow-hidden rounded-lg border border-line bg-surface">
        {(Object.keys(ERRORS) as ErrorCode[]).map((code) => (
          <li
            key={code}
            className="relative grid gap-x-4 border-line border-b px-4 py-2.5 last:border-b-0 hover:bg-raised/60 sm:grid-cols-[3rem_17rem_minmax(0,1fr)]"
          >
            <span className="font-mono text-[0.8125rem] text-muted">{ERRORS[code].status}</span>
            <Link
              href={`/docs/errors/${errorSlug(code)}`}
              className="break-words font-mono text-[0.8125rem] after:absolute after:inset-0"
            >
              {code}
            </Link>
            <span className="text-[0.8125rem] text-muted">{inline(ERROR_PAGES[code].happened)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
