import { router } from "./init.ts";
import { agentsRouter } from "./routers/agents.ts";
import { eventsRouter } from "./routers/events.ts";
import { messagesRouter } from "./routers/messages.ts";
import { serverRouter } from "./routers/server.ts";
import { sessionRouter } from "./routers/session.ts";

/** Everything the console can call. */
export const appRouter = router({
  agents: agentsRouter,
  events: eventsRouter,
  messages: messagesRouter,
  server: serverRouter,
  session: sessionRouter,
});

export type AppRouter = typeof appRouter;
