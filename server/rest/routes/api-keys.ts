import { createApiKey } from "#server/domain/api-keys/create.ts";
import { listApiKeys } from "#server/domain/api-keys/list.ts";
import { revokeApiKey } from "#server/domain/api-keys/revoke.ts";
import { rotateApiKey } from "#server/domain/api-keys/rotate.ts";
import { ApiKey, CreatedApiKey, ScopeList } from "#server/domain/api-keys/schemas.ts";
import { listScopes } from "#server/domain/api-keys/scopes.ts";
import { updateApiKey } from "#server/domain/api-keys/update.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf, Success } from "./common.ts";

const tag = "API keys";

export const apiKeyRoutes: RouteDefinition[] = [
  route("get", "/api-keys", listApiKeys, { tag, summary: "List keys", response: pageOf(ApiKey, "ApiKeyPage") }),
  route("post", "/api-keys", createApiKey, { tag, summary: "Create a key", response: CreatedApiKey, status: 201 }),
  route("get", "/api-keys/scopes", listScopes, {
    tag,
    summary: "Every scope that a key can have",
    response: ScopeList,
  }),
  route("patch", "/api-keys/{id}", updateApiKey, { tag, summary: "Change a key", response: ApiKey }),
  route("delete", "/api-keys/{id}", revokeApiKey, { tag, summary: "Revoke a key", response: Success }),
  route("post", "/api-keys/{id}/rotate", rotateApiKey, { tag, summary: "Replace a key", response: CreatedApiKey }),
];
