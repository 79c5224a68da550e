import type { RouteDefinition } from "../route.ts";
import { agentRoutes } from "./agents.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { attachmentRoutes } from "./attachments.ts";
import { billingRoutes } from "./billing.ts";
import { carrierRoutes } from "./carriers.ts";
import { complianceRoutes } from "./compliance.ts";
import { emailRoutes } from "./email.ts";
import { eventRoutes } from "./events.ts";
import { inboxRoutes } from "./inboxes.ts";
import { messageRoutes } from "./messages.ts";
import { organizationRoutes } from "./organizations.ts";
import { phoneRoutes } from "./phone.ts";
import { sandboxRoutes } from "./sandbox.ts";
import { signUpRoutes } from "./sign-up.ts";
import { threadRoutes } from "./threads.ts";
import { voiceRoutes } from "./voice.ts";

/** Every endpoint below /v1. */
export const routes: readonly RouteDefinition[] = [
  ...agentRoutes,
  ...apiKeyRoutes,
  ...billingRoutes,
  ...complianceRoutes,
  ...carrierRoutes,
  ...emailRoutes,
  ...eventRoutes,
  ...attachmentRoutes,
  ...inboxRoutes,
  ...messageRoutes,
  ...threadRoutes,
  ...voiceRoutes,
  ...phoneRoutes,
  ...organizationRoutes,
  ...sandboxRoutes,
  ...signUpRoutes,
];
