import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DomainError, ERRORS, type ErrorCode, errorSlug } from "#server/domain/errors.ts";
import { processRuntime } from "#server/process-runtime.ts";
import { toProblem } from "#server/rest/problem.ts";
import { Badge } from "../../../../_ui/badge.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { Code } from "../../../_components/code.tsx";
import { inline } from "../../../_components/markdown.tsx";
import { ERROR_PAGES } from "../_content.ts";

type Params = { params: Promise<{ code: string }> };

function codeOf(slug: string): ErrorCode | undefined {
  return (Object.keys(ERRORS) as ErrorCode[]).find((code) => errorSlug(code) === slug);
}

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  return { title: codeOf((await params).code) ?? "Errors" };
}

/** Where an error's `type` leads: what happened, how it looks, how to fix it. */
export default async function ErrorPage({ params }: Params) {
  const code = codeOf((await params).code);
  if (!code) notFound();
  const { status, title, retryable } = ERRORS[code];
  const { happened, fix, example } = ERROR_PAGES[code];
  const { errorDocsUrl } = (await processRuntime()).config;
  const body = toProblem(new DomainError(code, example.detail, { details: example.details }), {
    path: example.instance,
    requestId: "req_01JD3M8Q6V2N4T5R7W9XYZABCD",
    docsUrl: errorDocsUrl,
  });
  return (
    <article className="prose">
      <p>
        <Link href="/docs/errors">Errors</Link>
      </p>
      <h1 className="break-words font-mono">{code}</h1>
      <p className="flex flex-wrap items-center gap-2">
        <Badge>
          {status} {title}
        </Badge>
        <Badge tone={retryable ? "good" : "neutral"}>{retryable ? "retry later" : "a retry changes nothing"}</Badge>
      </p>
      <h2>What happened</h2>
      <p>{inline(happened)}</p>
      <h2>How to fix it</h2>
      <ul>
        {fix.map((step) => (
          <li key={step}>{inline(step)}</li>
        ))}
      </ul>
      <h2>Example</h2>
      <Code label={`HTTP ${status}`}>{JSON.stringify(body, null, 2)}</Code>
    </article>
  );
}
