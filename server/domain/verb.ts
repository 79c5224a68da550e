import type { z } from "zod";
import { type Access, authorise } from "./authorise.ts";
import type { Context } from "./context.ts";
import { DomainError } from "./errors.ts";

/** An act of the domain: who may do it, what it takes, what it does. Every door (REST, tRPC, jobs) calls the same one. */
export type Verb<Input extends z.ZodType, Output> = {
  access: Access;
  input: Input;
  (ctx: Context, input: z.input<Input>): Promise<Output>;
};

/** Makes a verb: access and input are checked before `run` sees anything. */
export function verb<Input extends z.ZodType, Output>(definition: {
  access: Access;
  input: Input;
  run: (ctx: Context, input: z.output<Input>) => Promise<Output>;
}): Verb<Input, Output> {
  const { access, input: schema, run } = definition;
  const call = async (ctx: Context, input: z.input<Input>): Promise<Output> => {
    authorise(ctx, access);
    return run(ctx, validate(schema, input));
  };
  return Object.assign(call, { access, input: schema });
}

/** Checks a value against a schema. VALIDATION_ERROR with details.fields [{field, message}]. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.length === 0 ? "body" : issue.path.map(String).join("."),
    message: issue.message,
  }));
  const [first] = fields;
  throw new DomainError("VALIDATION_ERROR", `${first?.field}: ${first?.message}`, { details: { fields } });
}
