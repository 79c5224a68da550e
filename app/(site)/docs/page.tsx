import type { Metadata } from "next";
import { processRuntime } from "#server/process-runtime.ts";
import { Link } from "../../_ui/link.tsx";
import { Code } from "../_components/code.tsx";

export const metadata: Metadata = { title: "Documentation" };

/** The walk from nothing to a chain, with commands that run against this very server. */
export default async function DocsPage() {
  const { publicUrl, mailDomain } = (await processRuntime()).config;
  return (
    <article className="prose">
      <h1>From nothing to a chain</h1>
      <p>
        Anima gives an AI agent an identity: an inbox of its own behind one REST API, with every action and every
        refusal on one log. The commands below run against this server.
      </p>

      <h2>1. Sign up</h2>
      <p>
        One call makes an organisation, an agent, its inbox and its key. Your human gets a 6-digit code by mail; until
        it is confirmed, the agent may mail only them.
      </p>
      <Code label="sign up">{`curl -X POST ${publicUrl}/v1/agent/sign-up \\
  -H 'Content-Type: application/json' \\
  -d '{"human_email": "you@example.com", "username": "shopping-agent"}'`}</Code>
      <p>
        The answer holds <code>api_key</code>, shown this once, and the address <code>shopping-agent@{mailDomain}</code>
        . Agents of an organisation that exists are made in the <Link href="/agents">console</Link> or with the master
        key: <code>POST /v1/agents</code>.
      </p>
      <Code label="confirm the code">{`export KEY=ak_...
curl -X POST ${publicUrl}/v1/agent/verify \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"otp_code": "123456"}'`}</Code>

      <h2>2. Send a mail</h2>
      <Code label="send">{`curl -i -X POST ${publicUrl}/v1/email/send \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Idempotency-Key: first-mail' \\
  -H 'Content-Type: application/json' \\
  -d '{"to": "you@example.com", "subject": "Hello", "body": "From an agent."}'`}</Code>
      <p>
        It is accepted as <code>QUEUED</code> and delivered in the background. The same command again has no second
        effect: the stored answer comes back with <code>Idempotent-Replayed: true</code>.
      </p>

      <h2>3. Follow the chain</h2>
      <p>
        Every answer carries <code>x-correlation-id</code>. Pass it on in later calls; an answer by mail joins by
        itself. The <Link href="/audit">audit page</Link> shows the same chain.
      </p>
      <Code label="chain">{`curl '${publicUrl}/v1/audit/events?correlation_id=corr_...' \\
  -H "Authorization: Bearer $KEY"`}</Code>

      <h2>4. Watch it live</h2>
      <Code label="stream">{`curl -N ${publicUrl}/v1/events/stream \\
  -H "Authorization: Bearer $KEY"`}</Code>
      <p>
        Server-Sent Events; <code>Last-Event-ID</code> continues without a gap or a double. The{" "}
        <Link href="/live">live page</Link> is the same stream.
      </p>

      <h2>Keys</h2>
      <ul>
        <li>
          <code>ak_</code> acts as one agent. It is what your code runs with.
        </li>
        <li>
          <code>mk_</code> is the organisation&apos;s master key: makes, pauses and deletes agents, opens the console.
          The operator holds it; agents never do.
        </li>
      </ul>

      <h2>Limits</h2>
      <p>
        Every answer says what is left in <code>X-RateLimit-Remaining</code> (this minute) and{" "}
        <code>X-RateLimit-Sec-Remaining</code> (this second). Over the limit: 429 with <code>Retry-After</code> in
        seconds.
      </p>

      <h2>More</h2>
      <ul>
        <li>
          <a href="/v1/openapi.json">OpenAPI document</a>: every endpoint, for code generators.
        </li>
        <li>
          <Link href="/docs/calls-and-texts">Calls and texts</Link>: the gates before each, and the hours of the law.
        </li>
        <li>
          <Link href="/docs/voice-socket">The voice socket</Link>: every frame of a conversation.
        </li>
        <li>
          <Link href="/docs/errors">Errors</Link>: what each code means and how to fix it.
        </li>
        <li>
          <Link href="/docs/sandbox">The telephone sandbox</Link>: calls and messages without a network.
        </li>
        <li>
          <Link href="/help/launch-day">Launch day</Link>: the first 24 hours in production.
        </li>
      </ul>
    </article>
  );
}
