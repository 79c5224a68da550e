import { router } from "./init.ts";
import { accountRouter } from "./routers/account.ts";
import { agentsRouter } from "./routers/agents.ts";
import { billingRouter } from "./routers/billing.ts";
import { callsRouter } from "./routers/calls.ts";
import { complianceRouter } from "./routers/compliance.ts";
import { eventsRouter } from "./routers/events.ts";
import { keysRouter } from "./routers/keys.ts";
import { mailRouter } from "./routers/mail.ts";
import { membersRouter } from "./routers/members.ts";
import { numbersRouter } from "./routers/numbers.ts";
import { organizationRouter } from "./routers/organization.ts";
import { overviewRouter } from "./routers/overview.ts";
import { serverRouter } from "./routers/server.ts";
import { sessionRouter } from "./routers/session.ts";
import { textsRouter } from "./routers/texts.ts";

/** Everything the console can call. */
export const appRouter = router({
  account: accountRouter,
  agents: agentsRouter,
  billing: billingRouter,
  calls: callsRouter,
  compliance: complianceRouter,
  events: eventsRouter,
  members: membersRouter,
  keys: keysRouter,
  organization: organizationRouter,
  overview: overviewRouter,
  mail: mailRouter,
  numbers: numbersRouter,
  server: serverRouter,
  session: sessionRouter,
  texts: textsRouter,
});

export type AppRouter = typeof appRouter;
