import type { Config } from "#server/platform/config.ts";
import type { Transaction } from "#server/platform/database.ts";
import { hashKey } from "#server/platform/keys.ts";
import { StartupError } from "#server/platform/startup-error.ts";
import type { Services } from "../context.ts";
import { openTransaction } from "../transaction.ts";
import { createOrganization } from "./create.ts";
import { lockSetup } from "./lock.ts";

type Init = NonNullable<Config["init"]>;
/** What the first start made, and of which values: the organisation itself may be renamed since. */
type Remembered = { orgId: string; orgName: string; tier: string };

const STATE = "init-organization";

/**
 * Makes the organisation that INIT_ORG_NAME, INIT_MASTER_KEY and INIT_TIER describe, on the first start with them. Any
 * number of processes may start at once; a later start with the same values changes nothing.
 * StartupError for other values than those of the first start, and where the server was set up in the browser: a
 * restart must not change keys or plans, and none of them is ignored in silence.
 */
export async function ensureInitialOrganization(services: Services): Promise<void> {
  const { init } = services.config;
  if (init === null) return;
  await openTransaction(services, async (tx) => {
    await lockSetup(tx);
    const state = await tx.serverState.findUnique({ where: { name: STATE } });
    if (state) return checkUnchanged(services, tx, init, JSON.parse(state.value) as Remembered);
    await requireNew(tx, init);
    const { organization } = await createOrganization(services, tx, {
      name: init.orgName,
      tier: init.tier,
      origin: "INIT",
      masterKey: init.masterKey,
    });
    const remembered: Remembered = { orgId: organization.id, orgName: init.orgName, tier: init.tier };
    await tx.serverState.create({ data: { name: STATE, value: JSON.stringify(remembered) } });
  });
}

async function checkUnchanged(services: Services, tx: Transaction, init: Init, first: Remembered): Promise<void> {
  if (init.orgName !== first.orgName) {
    throw changed("INIT_ORG_NAME", "rename the organisation with PATCH /v1/orgs/{id} instead");
  }
  if (init.tier !== first.tier) throw changed("INIT_TIER", "a restart does not change the plan");
  const key = await findKey(tx, init.masterKey);
  if (key?.orgId !== first.orgId) {
    throw changed("INIT_MASTER_KEY", "replace the key with POST /v1/orgs/{id}/rotate-key instead");
  }
  if (key.revokedAt) services.log.warn("INIT_MASTER_KEY was revoked since the first start: it opens nothing");
}

function changed(variable: string, instead: string): StartupError {
  return new StartupError(
    `${variable} is not what it was when the first organisation was made.`,
    `Set it back, or remove the three INIT_ variables; ${instead}.`,
  );
}

async function requireNew(tx: Transaction, init: Init): Promise<void> {
  const existing = await tx.organization.findFirst({ where: { origin: "SETUP" }, select: { id: true } });
  if (existing) {
    throw new StartupError(
      "INIT_ORG_NAME, INIT_MASTER_KEY and INIT_TIER make the first organisation, but this server was set up in the browser.",
      "Remove the three variables, or start with another database.",
    );
  }
  if (await findKey(tx, init.masterKey)) {
    throw new StartupError(
      "INIT_MASTER_KEY is a key of another organisation.",
      "Choose another one: mk_ and 40 or more letters or digits.",
    );
  }
}

function findKey(tx: Transaction, key: string) {
  return tx.apiKey.findUnique({
    where: { hash: new Uint8Array(hashKey(key)) },
    select: { orgId: true, revokedAt: true },
  });
}
