import { getMyOrganization } from "#server/domain/organizations/get-mine.ts";
import { Organization } from "#server/domain/organizations/schemas.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Organizations";

export const organizationRoutes: RouteDefinition[] = [
  route("get", "/orgs/me", getMyOrganization, { tag, summary: "The organisation of the key", response: Organization }),
];
