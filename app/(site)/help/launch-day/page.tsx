import type { Metadata } from "next";
import { processRuntime } from "#server/process-runtime.ts";
import { Link } from "../../../_ui/link.tsx";
import { Code } from "../../_components/code.tsx";

export const metadata: Metadata = { title: "Launch day" };

/** For whoever runs the server: what to check before, and what to do in, the first 24 hours. */
export default async function LaunchDayPage() {
  const { publicUrl } = (await processRuntime()).config;
  return (
    <article className="prose">
      <h1>Launch day</h1>
      <p>For whoever runs this server, on the first day that others depend on it.</p>

      <h2>Before</h2>
      <ol>
        <li>
          Set <code>PUBLIC_URL</code> to the HTTPS address that the world uses. Links, error pages and the secure
          session cookie follow from it.
        </li>
        <li>
          Set <code>MAIL_DOMAIN</code> to a domain of yours, point its MX record to this server&apos;s SMTP port, and
          set <code>SMTP_RELAY_URL</code>. Without a relay, mail to other servers waits in the{" "}
          <Link href="/mail?box=outbox">outbox</Link>.
        </li>
        <li>
          Behind a proxy, name it in <code>TRUSTED_PROXIES</code>: limits count client addresses.
        </li>
        <li>
          Back up <code>DATA_DIR</code>, or the database behind <code>DATABASE_URL</code>, together with{" "}
          <code>ROOT_KEY</code>: without that key the signing keys are lost.
        </li>
        <li>Keep the master key in a password manager, and out of every agent.</li>
      </ol>

      <h2>Is it well?</h2>
      <Code label="health">{`curl ${publicUrl}/healthz   # the process
curl ${publicUrl}/readyz    # database, migrations, queue
curl ${publicUrl}/metrics   # Prometheus, from this machine or with METRICS_TOKEN`}</Code>
      <p>
        Then send one mail to a person and let them answer: both stand in one chain on the{" "}
        <Link href="/audit">audit page</Link>.
      </p>

      <h2>The first hours</h2>
      <ul>
        <li>
          Keep <Link href="/live">live activity</Link> open. Refusals are red; a row opens the chain that led there.
        </li>
        <li>
          An agent does what it should not: pause it on its page. Within a second it can send nothing, on any channel;
          mail to it is still stored.
        </li>
        <li>A key leaked: rotate it on the agent&apos;s page. The old one dies at once.</li>
        <li>
          Mail stays in the <Link href="/mail?box=outbox">outbox</Link>: its line says why, in the words of the other
          server.
        </li>
        <li>
          A caller reports an error: ask for its <code>requestId</code>. The server&apos;s log has everything under that
          id.
        </li>
      </ul>

      <h2>If it must restart</h2>
      <p>
        Stop it with SIGTERM: it finishes what it has begun. Even a power cut loses nothing that was accepted; what was
        under way is taken up again at the next start.
      </p>
    </article>
  );
}
