import { z } from "zod";
import { anyone } from "#server/domain/authorise.ts";
import { ERROR_STATUSES, headersOf, INTRODUCTION, type Json, sharedComponents } from "./openapi/components.ts";
import { membersOf, SchemaCollector, withoutMembers } from "./openapi/schemas.ts";
import type { RouteDefinition } from "./route.ts";

/**
 * GET /v1/openapi.json: the OpenAPI 3.1 document of the definitions and of itself, for everybody. It is made at the first
 * request and kept.
 */
export function openApiRoute(definitions: readonly RouteDefinition[]): RouteDefinition {
  let document: Json | undefined;
  const self: RouteDefinition = {
    method: "get",
    path: "/openapi.json",
    tag: "Documentation",
    summary: "This document",
    access: anyone,
    effect: "read",
    input: z.object({}),
    response: z.record(z.string(), z.unknown()),
    status: 200,
    idempotency: "none",
    authentication: "key",
    run: async () => {
      document ??= openApiDocument([...definitions, self]);
      return document;
    },
  };
  return self;
}

/** The OpenAPI 3.1 document of the endpoints. Throws where a schema cannot be expressed. */
export function openApiDocument(definitions: readonly RouteDefinition[]): Json {
  const components = sharedComponents();
  const schemas = new SchemaCollector(components.schemas);
  const paths: Record<string, Json> = {};
  for (const definition of definitions) {
    paths[definition.path] ??= {};
    (paths[definition.path] as Json)[definition.method] = operation(definition, schemas);
  }
  return {
    openapi: "3.1.1",
    info: { title: "Anima", version: "1", description: INTRODUCTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/v1" }],
    tags: [...new Set(definitions.map((definition) => definition.tag))].sort().map((name) => ({ name })),
    paths,
    components,
  };
}

function operation(definition: RouteDefinition, schemas: SchemaCollector): Json {
  const { method, access } = definition;
  const isWrite = method !== "get";
  const input = isWrite ? schemas.body(definition.input) : schemas.query(definition.input);
  const body = isWrite && !definition.read ? requestBody(definition, input, schemas) : undefined;
  const open = access.keys.includes("anonymous");
  return {
    operationId: operationId(definition),
    tags: [definition.tag],
    summary: definition.summary,
    description: describeAccess(definition),
    security: [...(open ? [{}] : []), { bearer: [] }, { apiKey: [] }],
    parameters: parameters(definition, input, schemas),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [definition.status]: success(definition, schemas),
      ...Object.fromEntries(
        errorStatuses(definition).map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
      ),
    },
  };
}

/** `post /agents/{id}/rotate-key` -> `postAgentsByIdRotateKey` */
export function operationId({ method, path }: RouteDefinition): string {
  const words = path.replaceAll(/\{(\w+)\}/g, "by-$1").split(/[^A-Za-z0-9]+/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function describeAccess({ access: { keys, scope }, authentication }: RouteDefinition): string {
  if (authentication === "signature") return "Needs no key, but the signature of whoever may send it.";
  if (keys.includes("anonymous")) return "Needs no key.";
  const key = keys.includes("agent") ? "Needs a key of an agent or a master key" : "Needs a master key (`mk_`)";
  return scope === null ? `${key}; any scope will do.` : `${key} with the scope \`${scope}\`.`;
}

function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
}

function parameters(definition: RouteDefinition, input: Json, schemas: SchemaCollector): Json[] {
  const members = membersOf(input, schemas);
  const inPath = pathParameters(definition.path);
  const result: Json[] = inPath.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: members.get(name)?.schema ?? { type: "string" },
  }));
  if (definition.method === "get") {
    for (const [name, { schema, required }] of members) {
      if (inPath.includes(name)) continue;
      const isObject = schemas.resolve(schema).type === "object";
      result.push({
        name,
        in: "query",
        required,
        schema,
        ...(isObject ? { style: "deepObject", explode: true } : {}),
      });
    }
  } else {
    result.push({ $ref: "#/components/parameters/IdempotencyKey" });
  }
  return [...result, { $ref: "#/components/parameters/CorrelationId" }];
}

function requestBody(definition: RouteDefinition, input: Json, schemas: SchemaCollector): Json | undefined {
  const inPath = pathParameters(definition.path);
  const members = [...membersOf(input, schemas)].filter(([name]) => !inPath.includes(name));
  if (members.length === 0) return undefined;
  const schema = inPath.length === 0 ? input : withoutMembers(input, inPath, schemas);
  return {
    required: members.some(([, member]) => member.required),
    content: { "application/json": { schema } },
  };
}

function success(definition: RouteDefinition, schemas: SchemaCollector): Json {
  const content = definition.mediaType
    ? { [definition.mediaType]: { schema: { type: "string" } } }
    : { "application/json": { schema: schemas.output(definition.response) } };
  return {
    description: definition.summary,
    headers: headersOf(definition.method !== "get"),
    content,
  };
}

/** Which error statuses an endpoint may answer. Those that no endpoint's code decides (405, 431) are left out. */
function errorStatuses({ method, path, access }: RouteDefinition): number[] {
  const isWrite = method !== "get";
  const possible: Record<number, boolean> = {
    400: true,
    401: true,
    402: isWrite,
    403: isWrite || access.scope !== null || !access.keys.includes("agent"),
    404: isWrite || pathParameters(path).length > 0,
    409: isWrite,
    413: isWrite,
    415: isWrite,
    429: true,
    500: true,
    503: true,
  };
  return ERROR_STATUSES.filter((status) => possible[status] === true);
}
