import { z } from "zod";
import type { Json } from "./components.ts";

/**
 * Turns zod schemas into JSON Schemas of one document. Schemas with `.meta({ id })` become components; one that is both
 * read and answered may look different in the two directions, so that the input has a name of its own.
 */
export class SchemaCollector {
  readonly components: Json;

  constructor(components: Json) {
    this.components = components;
  }

  /** What a query takes, where a list is given by repeating its name. */
  query(schema: z.ZodType): Json {
    return this.#convert(schema, "input", inputName);
  }

  /** What a body takes, where a list of one may be given as that one (see listOf). */
  body(schema: z.ZodType): Json {
    return this.#convert(schema, "input", inputName, oneOrMany);
  }

  output(schema: z.ZodType): Json {
    return this.#convert(schema, "output", (id) => id, openForMore);
  }

  /** The schema that a reference of ours stands for; other schemas are themselves. */
  resolve(schema: Json): Json {
    const name = typeof schema.$ref === "string" ? schema.$ref.replace("#/components/schemas/", "") : undefined;
    return name === undefined ? schema : this.resolve(this.components[name] as Json);
  }

  #convert(schema: z.ZodType, io: "input" | "output", nameOf: (id: string) => string, override?: Override): Json {
    const params = { io, ...(override ? { override } : {}) };
    const { $schema: _dialect, $defs = {}, ...root } = z.toJSONSchema(schema, params);
    const renamed = (value: unknown) => renameReferences(value, nameOf);
    for (const [id, definition] of Object.entries($defs)) {
      const { id: _id, ...component } = renamed(definition) as Json;
      this.components[nameOf(id)] = component;
    }
    return renamed(plain(root)) as Json;
  }
}

type Override = NonNullable<z.core.ToJSONSchemaParams["override"]>;

const inputName = (id: string) => `${id}Input`;

/** Answers may gain members, so a client must not refuse those that it does not know. */
const openForMore: Override = ({ jsonSchema }) => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

/** A list that is preprocessed is one of listOf. */
const oneOrMany: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type !== "pipe" || def.in._zod.def.type !== "transform" || jsonSchema.type !== "array") return;
  const list = { ...jsonSchema };
  for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
  jsonSchema.anyOf = [list.items as z.core.JSONSchema.BaseSchema, list];
};

/** Without what zod adds for its own use (`~standard` is not enumerable in JSON, but is in a spread). */
function plain(schema: Json): unknown {
  return JSON.parse(JSON.stringify(schema));
}

function renameReferences(value: unknown, nameOf: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, nameOf));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === "$ref" && typeof member === "string"
        ? [key, member.replace(/^#\/\$defs\/(.+)$/, (_all, id: string) => `#/components/schemas/${nameOf(id)}`)]
        : [key, renameReferences(member, nameOf)],
    ),
  );
}

type Member = { schema: Json; required: boolean };

/** The members of an object schema, also where it is a union or an intersection of objects. */
export function membersOf(schema: Json, schemas: SchemaCollector): Map<string, Member> {
  const resolved = schemas.resolve(schema);
  const required = new Set((resolved.required as string[] | undefined) ?? []);
  const members = new Map<string, Member>();
  for (const [name, member] of Object.entries((resolved.properties as Record<string, Json> | undefined) ?? {})) {
    members.set(name, { schema: member, required: required.has(name) });
  }
  for (const part of (resolved.allOf as Json[] | undefined) ?? []) {
    for (const [name, member] of membersOf(part, schemas)) members.set(name, member);
  }
  const alternatives = ((resolved.anyOf ?? resolved.oneOf) as Json[] | undefined) ?? [];
  const maps = alternatives.map((part) => membersOf(part, schemas));
  for (const map of maps) {
    for (const [name, member] of map) {
      const everywhere = maps.every((other) => other.get(name)?.required);
      members.set(name, { ...member, required: members.get(name)?.required || everywhere });
    }
  }
  return members;
}

/** An object schema without some of its members. */
export function withoutMembers(schema: Json, names: readonly string[], schemas: SchemaCollector): Json {
  const result: Json = { ...schemas.resolve(schema) };
  if (result.properties) {
    result.properties = Object.fromEntries(Object.entries(result.properties).filter(([name]) => !names.includes(name)));
  }
  if (Array.isArray(result.required)) {
    const required = result.required.filter((name) => !names.includes(name));
    if (required.length > 0) result.required = required;
    else delete result.required;
  }
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const parts = result[keyword];
    if (Array.isArray(parts)) result[keyword] = parts.map((part) => withoutMembers(part as Json, names, schemas));
  }
  return result;
}
