import { listMembers } from "#server/domain/members/list.ts";
import { Member } from "#server/domain/members/schemas.ts";
import { getOrganization } from "#server/domain/organizations/get.ts";
import { getMyOrganization } from "#server/domain/organizations/get-mine.ts";
import { listOrganizations } from "#server/domain/organizations/list.ts";
import { rotateMasterKey } from "#server/domain/organizations/rotate-key.ts";
import { Organization, RotatedMasterKey } from "#server/domain/organizations/schemas.ts";
import { resumeOrganization, stopOrganization } from "#server/domain/organizations/stop.ts";
import { updateOrganization } from "#server/domain/organizations/update.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf } from "./common.ts";

const tag = "Organizations";
const OrganizationPage = pageOf(Organization, "OrganizationPage");

export const organizationRoutes: RouteDefinition[] = [
  route("get", "/orgs", listOrganizations, {
    tag,
    summary: "The organisations that the key may see",
    response: OrganizationPage,
  }),
  route("get", "/me/orgs", listOrganizations, {
    tag,
    summary: "The organisations that the key may see",
    response: OrganizationPage,
  }),
  route("get", "/orgs/me", getMyOrganization, { tag, summary: "The organisation of the key", response: Organization }),
  route("get", "/orgs/{id}", getOrganization, { tag, summary: "Get an organisation", response: Organization }),
  route("get", "/orgs/{id}/members", listMembers, {
    tag,
    summary: "The people who may sign in to its console",
    response: pageOf(Member, "MemberPage"),
  }),
  route("patch", "/orgs/{id}", updateOrganization, { tag, summary: "Change an organisation", response: Organization }),
  route("post", "/orgs/{id}/stop", stopOrganization, {
    tag,
    summary: "The kill switch: no agent acts, queued mail stays",
    response: Organization,
  }),
  route("post", "/orgs/{id}/resume", resumeOrganization, {
    tag,
    summary: "Let the agents act again",
    response: Organization,
  }),
  route("post", "/orgs/{id}/rotate-key", rotateMasterKey, {
    tag,
    summary: "Replace the primary master key",
    response: RotatedMasterKey,
  }),
];
