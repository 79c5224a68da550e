import type { Metadata } from "next";
import * as limits from "#server/domain/calls/socket-limits.ts";
import { processRuntime } from "#server/process-runtime.ts";
import { Code } from "../../_components/code.tsx";
import { inline } from "../../_components/markdown.tsx";
import { CLIENT, SERVER } from "./_frames.ts";

export const metadata: Metadata = { title: "The voice socket" };

const KIB = limits.MAX_FRAME_BYTES / 1_024;

/** Every frame of /ws/voice, both ways, and how a connection behaves. */
export default async function VoiceSocketPage() {
  const { publicUrl } = (await processRuntime()).config;
  const socketUrl = publicUrl.replace(/^http/, "ws");
  return (
    <article className="prose">
      <h1>The voice socket</h1>
      <p>
        An agent holds its conversations over one WebSocket: what is heard comes in as text, what it writes is spoken.
        One connection serves every call of the agent, and every connection of the agent sees all of them, whichever
        process it reaches. With the master key it is all agents, or the one that <code>agentId</code> names.
      </p>
      <Code label="connect">{`${socketUrl}/ws/voice?token=ak_...`}</Code>
      <p>
        The key stands in <code>token</code>, <code>apiKey</code> or the header <code>Authorization</code>, and needs
        the scope <code>phone:voice</code>. A browser or a log may keep an address: the header is safer where it can be
        set.
      </p>

      <h2>Frames</h2>
      <p>
        Each is a JSON object with a <code>type</code>, at most {KIB} KiB. Fields stand flat beside the type or under{" "}
        <code>data</code>: a client may write either, and reads both. What is not known by its type should be left
        alone: there may be more one day. Frames for one call are done in their order; while {limits.MAX_PENDING} of
        them are worked on, no more are read.
      </p>

      <h2>From the client</h2>
      <Frames from="client" frames={CLIENT} />

      <h2>From the server</h2>
      <p>
        <code>requestId</code> is there where the order had one. <code>seq</code> is without gaps in each call, and each
        frame comes once.
      </p>
      <Frames from="server" frames={SERVER} />

      <h2>When a connection breaks</h2>
      <p>
        The call goes on. Connect again with the call and the last number that you have seen, and the rest comes after a{" "}
        <code>call.reconnected</code> for each call that runs. One that still waits to be accepted is told from its{" "}
        <code>call.incoming</code> on. Frames are kept for a day; the transcript stays. A call whose conversation nobody
        has held for {limits.UNATTENDED_S} seconds is hung up.
      </p>
      <Code label="reconnect">{`${socketUrl}/ws/voice?token=ak_...&callId=<id>&after=<seq>`}</Code>
      <p>
        The server pings every {limits.PING_MS / 1_000} seconds and ends a connection that has not answered for{" "}
        {limits.PONG_MS / 1_000}. To a client that takes frames slowly nothing more is sent than it takes: they wait in
        the database, and none is dropped.
      </p>

      <h2>Close codes</h2>
      <ul>
        <li>
          <code>{limits.BAD_KEY}</code>: the key is missing, unknown, revoked, or lacks the scope, or{" "}
          <code>agentId</code> names none of its organisation&apos;s agents. Do not try again with it.
        </li>
        <li>
          <code>{limits.TOO_MANY}</code>: the organisation has {limits.MAX_SESSIONS} connections to this process. Close
          one, or wait.
        </li>
        <li>
          <code>{limits.RESTARTS}</code>: the server restarts. Come back after a moment, with <code>callId</code> and{" "}
          <code>after</code>.
        </li>
        <li>
          <code>{limits.FAILED}</code>: something failed here. The same.
        </li>
        <li>
          <code>{limits.TOO_LARGE}</code>: a frame was larger than {KIB} KiB.
        </li>
      </ul>
    </article>
  );
}

function Frames({ from, frames }: { from: "client" | "server"; frames: typeof CLIENT | typeof SERVER }) {
  return Object.entries(frames).map(([type, { says, example }]) => (
    <section key={type}>
      <h3>
        <code>{type}</code>
      </h3>
      <p>{inline(says)}</p>
      <Code label={`${from}: ${type}`}>{JSON.stringify({ type, ...example })}</Code>
    </section>
  ));
}
