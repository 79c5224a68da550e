import type { IncomingMessage } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import {
  BAD_KEY,
  FAILED,
  MAX_FRAME_BYTES,
  MAX_SESSIONS,
  RESTARTS,
  TOO_MANY,
} from "#server/domain/calls/socket-limits.ts";
import { endUnattended } from "#server/domain/calls/sweep.ts";
import type { KeyHolder } from "#server/domain/context.ts";
import { grants } from "#server/domain/scopes.ts";
import { ID_PATTERN } from "#server/platform/ids.ts";
import type { SocketRoute } from "#server/platform/socket-route.ts";
import { clientAddress } from "#server/rest/client-address.ts";
import { presentedKey } from "#server/rest/middleware/authenticate.ts";
import type { Runtime } from "#server/runtime.ts";
import { VoiceSession } from "./session.ts";

const UNATTENDED_CHECK_MS = 5_000;

/** Where agents hold conversations: `/ws/voice`, with a key in `token`, `apiKey` or the Authorization header. */
export type VoiceSockets = SocketRoute & { close(): void };

export function createVoiceSockets(runtime: Runtime): VoiceSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const sessions = new Map<string, Set<VoiceSession>>();
  const report = (part: string) => (err: unknown) => runtime.log.warn({ err }, part);
  const looking = setInterval(() => {
    endUnattended(runtime).catch(report("unattended calls could not be hung up"));
  }, UNATTENDED_CHECK_MS);
  looking.unref();

  async function open(socket: WebSocket, request: IncomingMessage): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const key = keyOf(request, url);
    const mayStill = async () => holderOf(key === null ? null : await runtime.directory.principalOf(key));
    // What the client says meanwhile waits until the session listens.
    socket.pause();
    const refuse = (code: number, reason: string) => {
      socket.resume();
      socket.close(code, reason);
    };
    const principal = await mayStill();
    if (!principal) return refuse(BAD_KEY, "The key is missing, unknown, or lacks the scope phone:voice.");
    const agentId = principal.kind === "agent" ? principal.agentId : (url.searchParams.get("agentId") ?? undefined);
    if (agentId !== undefined && !(await isAgent(principal.orgId, agentId))) {
      return refuse(BAD_KEY, "agentId names none of the organisation's agents.");
    }
    const own = sessions.get(principal.orgId) ?? new Set();
    if (own.size >= MAX_SESSIONS) return refuse(TOO_MANY, "This organisation has too many connections.");
    const address = clientAddress(
      request.socket.remoteAddress,
      request.headers["x-forwarded-for"]?.toString(),
      runtime.config.trustedProxies,
    );
    const session = new VoiceSession(runtime, socket, {
      principal,
      address,
      agentId,
      resume: resumeOf(url),
      mayStill,
    });
    own.add(session);
    sessions.set(principal.orgId, own);
    socket.on("close", () => {
      own.delete(session);
      if (own.size === 0) sessions.delete(principal.orgId);
    });
    await session.start();
  }

  async function isAgent(orgId: string, agentId: string): Promise<boolean> {
    return ID_PATTERN.test(agentId) && (await runtime.directory.agent(orgId, agentId)) !== null;
  }

  return {
    path: "/ws/voice",
    upgrade: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (ws) => {
        // Before anything is awaited: a peer that goes away at once is nobody's error.
        ws.on("error", report("a voice connection broke"));
        open(ws, request).catch((err) => {
          report("a voice connection could not be opened")(err);
          ws.close(FAILED);
        });
      });
    },
    close() {
      clearInterval(looking);
      for (const own of sessions.values()) for (const session of own) session.end(RESTARTS);
      server.close();
    },
  };
}

function keyOf(request: IncomingMessage, url: URL): string | null {
  const named = url.searchParams.get("token") ?? url.searchParams.get("apiKey");
  return named ?? presentedKey(request.headers.authorization, request.headers["x-api-key"]?.toString());
}

/** The holder, where the key may hold conversations. */
function holderOf(principal: KeyHolder | null): KeyHolder | null {
  if (principal === null || principal.kind === "service") return null;
  return grants(principal.scopes, "phone:voice") ? principal : null;
}

/** Which frame of which call the client saw last: what came after it is sent again. */
function resumeOf(url: URL): { callId: string; after: number } | null {
  const callId = url.searchParams.get("callId");
  const after = url.searchParams.get("after");
  return callId && ID_PATTERN.test(callId) && after && /^\d{1,9}$/.test(after)
    ? { callId, after: Number(after) }
    : null;
}
