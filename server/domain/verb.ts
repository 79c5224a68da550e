import type { z } from "zod";
import { type Access, authorise } from "./authorise.ts";
import type { Context } from "./context.ts";
import { DomainError } from "./errors.ts";
import type { Effect } from "./members/roles.ts";

/** An act of the domain: who may do it, what it takes, what it does. Every door (REST, tRPC, jobs) calls the same one. */
export type Verb<Input extends z.ZodType, Output> = {
  access: Access;
  effect: Effect;
  input: Input;
  (ctx: Context, input: z.input<Input>): Promise<Output>;
};

/**
 * Makes a verb: access and input are checked before `run` sees anything.
 *
 * @param definition.effect what it does, as far as roles are concerned. A verb that says nothing counts as writing, so
 *   that one that was forgotten is closed to viewers, not open.
 */
export function verb<Input extends z.ZodType, Output>(definition: {
  access: Access;
  effect?: Effect;
  input: Input;
  run: (ctx: Context, input: z.output<Input>) => Promise<Output>;
}): Verb<Input, Output> {
  const { access, effect = "write", input: schema, run } = definition;
  const call = async (ctx: Context, input: z.input<Input>): Promise<Output> => {
    authorise(ctx, access, effect);
    return run(ctx, validate(schema, input));
  };
  return Object.assign(call, { access, effect, input: schema });
}

/** Checks a value against a schema. VALIDATION_ERROR with details.fields [{field, message}]. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap(toFields).slice(0, 20);
  const [first] = fields;
  throw new DomainError("VALIDATION_ERROR", `${first?.field}: ${first?.message}`, { details: { fields } });
}

function toFields(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: [...path, key].join("."), message: "is not known here." }));
  }
  return [{ field: path.length === 0 ? "body" : path.join("."), message: issue.message }];
}
