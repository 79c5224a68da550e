import { z } from "zod";
import type { Prisma } from "#server/platform/database.ts";
import type { Organization as Row } from "#server/platform/generated/client.ts";
import { masterKey } from "../authorise.ts";
import { eventBase } from "../context.ts";
import { invalidField } from "../errors.ts";
import { displayName, id, metadata, timeZone } from "../fields.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findOwnOrganization } from "./own.ts";
import { toOrganization } from "./schemas.ts";

const UpdateOrganizationInput = z.object({
  id,
  name: displayName.optional(),
  settings: metadata.optional().describe("Replaces what was there."),
  timeZone: timeZone.optional().describe("From now on days and months of usage and caps are counted by it."),
  tier: z.string().optional(),
  slug: z.string().optional(),
});

/** Changes name, settings and time zone. VALIDATION_ERROR for a plan or slug that would change: those are not the client's to set. */
export const updateOrganization = verb({
  access: masterKey("*"),
  input: UpdateOrganizationInput,
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const before = await findOwnOrganization(ctx, tx, input.id);
      for (const field of ["tier", "slug"] as const) refuseChange(before, field, input[field]);
      const row = await tx.organization.update({
        where: { id: before.id },
        data: {
          ...(input.name === undefined ? {} : { name: input.name }),
          ...(input.settings === undefined ? {} : { settings: input.settings as Prisma.InputJsonObject }),
          ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
          updatedAt: ctx.services.clock.now(),
        },
      });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId: row.id,
        channel: "org",
        event: "org.updated",
        result: "SUCCESS",
        resourceType: "organization",
        resourceId: row.id,
        data: { fields: (["name", "settings", "timeZone"] as const).filter((field) => input[field] !== undefined) },
        personal: { detail: row.name },
      });
      return toOrganization(row);
    }),
});

function refuseChange(row: Row, field: "tier" | "slug", wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== row[field]) throw invalidField(field, "cannot be changed here; leave it out.");
}
