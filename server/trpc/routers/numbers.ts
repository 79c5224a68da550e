import { displayNumber } from "#server/domain/phone/places/number.ts";
import { numbersOverview } from "#server/domain/phone-numbers/overview.ts";
import { provisionNumber } from "#server/domain/phone-numbers/provision.ts";
import { releaseNumber } from "#server/domain/phone-numbers/release.ts";
import { getRequirements } from "#server/domain/phone-numbers/requirements.ts";
import { searchNumbers } from "#server/domain/phone-numbers/search.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";
import { onceByForm } from "../once-by-form.ts";

/** Telephone numbers, through the verbs that the REST API calls. */
export const numbersRouter = router({
  overview: signedInProcedure.query(({ ctx }) => numbersOverview(ctx.action, {})),
  search: signedInProcedure.input(inputOf(searchNumbers)).query(async ({ ctx, input }) => {
    const { items } = await searchNumbers(ctx.action, input);
    return { items: items.map((item) => ({ ...item, display: displayNumber(item.phoneNumber) })) };
  }),
  requirements: signedInProcedure
    .input(inputOf(getRequirements))
    .query(({ ctx, input }) => getRequirements(ctx.action, input)),
  buy: onceByForm("buy", provisionNumber, (number) => number),
  release: signedInProcedure
    .input(inputOf(releaseNumber))
    .mutation(({ ctx, input }) => releaseNumber(ctx.action, input)),
});
