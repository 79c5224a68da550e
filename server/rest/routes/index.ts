import type { RouteDefinition } from "../route.ts";
import { organizationRoutes } from "./organizations.ts";

/** Every endpoint below /v1. */
export const routes: readonly RouteDefinition[] = [...organizationRoutes];
