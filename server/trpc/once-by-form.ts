import { z } from "zod";
import { authorise } from "#server/domain/authorise.ts";
import { once } from "#server/domain/idempotency/once.ts";
import { type Verb, validate } from "#server/domain/verb.ts";
import { signedInProcedure } from "./init.ts";

const Form = z.object({
  formId: z.string().regex(/^[\w-]{16,64}$/, "must be the random id of the form."),
  /** What the verb takes; it validates it itself. */
  fields: z.unknown(),
});

/**
 * A verb that a form calls and that claims its idempotency key itself (it sends, or buys): the form's id makes sure that
 * it happens once, however often it is clicked.
 *
 * @param name what it does, since one form may do several things
 * @param view what of its answer the browser gets
 */
export function onceByForm<Input extends z.ZodType, Output, View>(
  name: string,
  verb: Verb<Input, Output>,
  view: (output: Output) => View,
) {
  return signedInProcedure
    .input((value: unknown) => (value ?? {}) as { formId: string; fields: z.input<Input> })
    .mutation(async ({ ctx, input }) => {
      // Whoever may not do it hears that first, as from every verb.
      authorise(ctx.action, verb.access, verb.effect);
      const { formId } = validate(Form, input);
      return view(await once(ctx.action, formId, [name, input.fields], (action) => verb(action, input.fields)));
    });
}
