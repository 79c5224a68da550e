import type { Transaction } from "#server/platform/database.ts";
import type { Organization } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { issueKey } from "../api-keys/issue.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { slugFrom } from "../slug.ts";
import { emit } from "../transaction.ts";

type NewOrganization = {
  name: string;
  tier: Tier;
  /** SETUP: in the console; INIT: from the environment; SIGN_UP: by an agent. */
  origin: "SETUP" | "INIT" | "SIGN_UP";
  /** Where an agent signed itself up: the human who answers for it. */
  humanEmail?: string;
  /** The master key that the operator brought; else one is made. */
  masterKey?: string;
  correlationId?: string;
  requestId?: string | null;
};

/**
 * Makes an organisation with its primary master key, in the caller's transaction. Not a verb: there is no principal
 * yet who could be allowed to. Its callers are the setup page, the environment and the sign-up.
 * CONFLICT when the human has an organisation. Of two at once for one human, the second waits for the first.
 *
 * @returns the row, and the master key, which nobody can read again
 */
export async function createOrganization(
  services: Services,
  tx: Transaction,
  input: NewOrganization,
): Promise<{ organization: Organization; masterKey: string; eventId: string }> {
  const now = services.clock.now();
  const id = newId();
  const [organization] = await tx.organization.createManyAndReturn({
    data: [
      {
        id,
        name: input.name,
        slug: await freeSlug(tx, slugFrom(input.name), id),
        tier: input.tier,
        origin: input.origin,
        ownership: input.origin === "SIGN_UP" ? "AGENT_UNVERIFIED" : "CLAIMED",
        humanEmail: input.humanEmail ?? null,
        createdAt: now,
        updatedAt: now,
      },
    ],
    // The id is new and the slug is held, so what is skipped is a human who has an organisation.
    skipDuplicates: true,
  });
  if (!organization) throw humanTaken();
  const issued = await issueKey(services, tx, {
    orgId: id,
    kind: "MASTER",
    agentId: null,
    name: "Master key",
    scopes: ["*"],
    isPrimary: true,
    expiresAt: null,
    ...(input.masterKey === undefined ? {} : { key: input.masterKey }),
  });
  const eventId = await emit(services, tx, {
    orgId: id,
    channel: "org",
    event: "org.created",
    result: "SUCCESS",
    actorType: "SYSTEM",
    actorId: input.origin,
    resourceType: "organization",
    resourceId: id,
    requestId: input.requestId ?? null,
    correlationId: input.correlationId ?? `corr_${newId()}`,
    data: { origin: input.origin, tier: input.tier },
    personal: { detail: input.name },
  });
  return { organization, masterKey: issued.key, eventId };
}

/** The wanted slug, or one with a part of the id. Whoever else wants the same waits until this transaction ends. */
async function freeSlug(tx: Transaction, wanted: string, id: string): Promise<string> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`organization slug ${wanted}`}, 0))::text`;
  const taken = await tx.organization.findUnique({ where: { slug: wanted }, select: { id: true } });
  return taken ? `${wanted.slice(0, 55)}-${id.slice(-8).toLowerCase()}` : wanted;
}

function humanTaken(): DomainError {
  return new DomainError("CONFLICT", "human_email: this human already has an organisation. Use its keys.", {
    details: { field: "human_email" },
  });
}
