import { z } from "zod";
import { authorise } from "#server/domain/authorise.ts";
import type { Context } from "#server/domain/context.ts";
import { once } from "#server/domain/idempotency/once.ts";
import { type Verb, validate } from "#server/domain/verb.ts";

const Form = z.object({ formId: z.string().regex(/^[\w-]{16,64}$/, "must be the random id of the form.") });

/**
 * Does what a form asks for, once, however often the form is sent: its id makes sure of that.
 *
 * @param name of what is done, so that the id of one form does nothing else
 * @param asked what the verb takes; it validates it itself
 */
export async function actOnce<Input extends z.ZodType, Output>(
  ctx: Context,
  verb: Verb<Input, Output>,
  { name, formId, asked }: { name: string; formId: string; asked: z.input<Input> },
): Promise<Output> {
  // Whoever may not do it hears that first, as from every verb.
  authorise(ctx, verb.access, verb.effect);
  const form = validate(Form, { formId });
  return once(ctx, form.formId, [name, asked], (action) => verb(action, asked));
}
