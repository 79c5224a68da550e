import type { RouteDefinition } from "../route.ts";
import { agentRoutes } from "./agents.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { attachmentRoutes } from "./attachments.ts";
import { emailRoutes } from "./email.ts";
import { eventRoutes } from "./events.ts";
import { inboxRoutes } from "./inboxes.ts";
import { messageRoutes } from "./messages.ts";
import { organizationRoutes } from "./organizations.ts";
import { signUpRoutes } from "./sign-up.ts";
import { threadRoutes } from "./threads.ts";

/** Every endpoint below /v1. */
export const routes: readonly RouteDefinition[] = [
  ...agentRoutes,
  ...apiKeyRoutes,
  ...emailRoutes,
  ...eventRoutes,
  ...attachmentRoutes,
  ...inboxRoutes,
  ...messageRoutes,
  ...threadRoutes,
  ...organizationRoutes,
  ...signUpRoutes,
];
