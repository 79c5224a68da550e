import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { anyKey } from "#server/domain/authorise.ts";
import { listOf } from "#server/domain/fields.ts";
import { verb } from "#server/domain/verb.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { openApiDocument, operationId } from "./openapi.ts";
import { route } from "./route.ts";
import { routes } from "./routes/index.ts";

type Operation = {
  operationId: string;
  description: string;
  security: object[];
  parameters: { name?: string; in?: string; schema?: object; required?: boolean; $ref?: string }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }>; headers?: object; $ref?: string }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, object> };
};

let app: TestApp;
let document: Document;

beforeAll(async () => {
  app = await startTestApp();
  document = (await app.call<Document>("GET", "/v1/openapi.json")).body;
});
afterAll(() => app.close());

describe("the OpenAPI document", () => {
  it("is for everybody", async () => {
    const { status, headers, body } = await app.call<Document>("GET", "/v1/openapi.json");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(body.openapi).toMatch(/^3\.1\./);
  });

  it("passes a public linter", async () => {
    const folder = await mkdtemp(join(tmpdir(), "anima-openapi-"));
    try {
      await writeFile(join(folder, "openapi.json"), JSON.stringify(document));
      await writeFile(join(folder, "redocly.yaml"), "extends: [recommended]\n");
      const redocly = join(import.meta.dirname, "../../node_modules/@redocly/cli/bin/cli.js");
      const lint = promisify(execFile)(process.execPath, [redocly, "lint", "openapi.json", "--format=json"], {
        cwd: folder,
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
      });
      const { stdout } = await lint.catch((failure: { stdout: string }) => failure);
      const report = JSON.parse(stdout) as { totals: { errors: number }; problems: { severity: string }[] };
      expect(report.problems.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(report.totals.errors).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("holds every endpoint, each with an id of its own", () => {
    const ids = routes.map((definition) => document.paths[definition.path]?.[definition.method]?.operationId);
    expect(ids).toEqual(routes.map(operationId));
    expect(new Set(ids).size).toBe(routes.length);
  });

  it("points only to what it holds", () => {
    const text = JSON.stringify(document);
    for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split("/").reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(target, pointer).toBeTypeOf("object");
    }
    expect(text).not.toContain("$defs");
  });

  it.each(routes.map((definition) => [`${definition.method.toUpperCase()} ${definition.path}`, definition] as const))(
    "does not promise what is not there: %s",
    async (_name, { method, path }) => {
      const call = await app.call(method.toUpperCase(), `/v1${path.replaceAll(/\{\w+\}/g, "x")}`);
      expect(call.status).not.toBe(405);
      expect(call.body).not.toMatchObject({ details: { resource: "route" } });
    },
  );
});

describe("an endpoint in the document", () => {
  const Thing = z.object({ id: z.string(), size: z.number().default(1) }).meta({ id: "Thing" });
  const input = z.object({
    id: z.string(),
    labels: listOf(z.string(), 5).optional(),
    dateRange: z.object({ from: z.string().optional() }).optional(),
    thing: Thing.optional(),
  });
  const things = verb({ access: anyKey("email:read"), input, run: async () => ({ id: "1", size: 1 }) });
  const options = { tag: "Things", summary: "Things", response: Thing };
  const made = openApiDocument([
    route("get", "/things/{id}", things, options),
    route("post", "/things/{id}", things, { ...options, status: 201 }),
  ]) as unknown as Document;
  const get = made.paths["/things/{id}"]?.get as Operation;
  const post = made.paths["/things/{id}"]?.post as Operation;

  it("takes its path's parameters from the path, and a read's others from the query", () => {
    expect(get.parameters).toMatchObject([
      { name: "id", in: "path", required: true, schema: { type: "string" } },
      { name: "labels", in: "query", required: false, schema: { type: "array" } },
      { name: "dateRange", in: "query", style: "deepObject" },
      { name: "thing", in: "query" },
      { $ref: "#/components/parameters/CorrelationId" },
    ]);
    expect(get.requestBody).toBeUndefined();
  });

  it("takes a write's other members from the body, and an Idempotency-Key", () => {
    const body = post.requestBody?.content["application/json"]?.schema;
    const labels = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" }, maxItems: 5 }] };
    expect(body).toMatchObject({ type: "object", properties: { labels, thing: {} } });
    expect(body).not.toHaveProperty("properties.id");
    expect(body).not.toHaveProperty("required");
    expect(post.requestBody?.required).toBe(false);
    expect(post.parameters).toContainEqual({ $ref: "#/components/parameters/IdempotencyKey" });
  });

  it("says which key it needs", () => {
    expect(get.description).toContain("`email:read`");
    expect(get.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
  });

  it("tells what it answers, and shows a schema of both directions as each sees it", () => {
    const schema = { $ref: "#/components/schemas/Thing" };
    expect(post.responses["201"]?.content?.["application/json"]).toEqual({ schema });
    expect(post.responses["409"]).toEqual({ $ref: "#/components/responses/Error409" });
    expect(made.components.schemas.Thing).toMatchObject({ required: ["id", "size"] });
    expect(made.components.schemas.ThingInput).toMatchObject({ required: ["id"] });
  });
});
