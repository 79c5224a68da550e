import type { Metadata } from "next";
import { processRuntime } from "#server/process-runtime.ts";
import { SandboxNumbers } from "../../../_ui/sandbox-numbers.tsx";
import { Code } from "../../_components/code.tsx";

export const metadata: Metadata = { title: "Sandbox" };

/** The numbers of the sandbox, how its other side is played, and its clock. */
export default async function SandboxPage() {
  const { publicUrl } = (await processRuntime()).config;
  const post = (path: string, body: string, method = "POST") => `curl -X ${method} ${publicUrl}/v1/sandbox/${path} \\
  -H "Authorization: Bearer $MASTER_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '${body}'`;
  return (
    <article className="prose">
      <h1>The telephone sandbox</h1>
      <p>
        Without a carrier (<code>CARRIER=sandbox</code>, the default) calls and messages go to a telephone world inside
        the server: nothing leaves it, and the same rules are asked before. The last two digits of a number{" "}
        <code>+1 &lt;area code&gt; 555 01xx</code> decide what happens; every other number is like <code>00</code>.
        Numbers to buy are <code>555 0200</code> to <code>555 1199</code> of any area code.
      </p>

      <SandboxNumbers />
      <p>
        What the table does not say of calls is as with <code>00</code>, and so with messages and look-ups. A message to
        a number that somebody bought in the sandbox arrives there.
      </p>

      <h2>Play the other side</h2>
      <p>With the master key. The id of a call is the one that the API gave, or the sandbox&apos;s own.</p>
      <Code label="a message comes in">
        {post("inbound-sms", '{"from": "+13055550100", "to": "<your number>", "body": "Hello"}')}
      </Code>
      <Code label="a call comes in">{post("inbound-call", '{"from": "+13055550100", "to": "<your number>"}')}</Code>
      <Code label="the person speaks">{post("calls/<id>/say", '{"text": "Who is there?"}')}</Code>
      <p>
        What is said is heard at once, and cuts off what the agent is saying. <code>{'{"digits": "12#"}'}</code> presses
        keys; <code>POST /v1/sandbox/calls/&lt;id&gt;/hang-up</code> hangs up.
      </p>

      <h2>Set the clock</h2>
      <p>
        Durations and calling hours follow the server&apos;s clock, which a master key may set: it goes on from there,
        or stands still with <code>&quot;frozen&quot;: true</code>. <code>&quot;now&quot;: null</code> returns to the
        real time. The whole server follows, with sessions, limits and billing: do not set it where others work. A
        server whose <code>PUBLIC_URL</code> is HTTPS refuses unless its operator sets <code>SANDBOX_CLOCK=on</code>.
        The console does the same under Compliance, and says on every page that the clock is not the real one.
      </p>
      <Code label="set the clock">{post("clock", '{"now": "2026-11-01T05:59:00Z", "frozen": false}', "PUT")}</Code>
    </article>
  );
}
