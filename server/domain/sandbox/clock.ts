import { z } from "zod";
import type { ClockSetting, SettableClock } from "#server/platform/clock.ts";
import { REAL_TIME } from "#server/platform/clock.ts";
import type { Database } from "#server/platform/database.ts";
import { masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { DomainError, invalidField } from "../errors.ts";
import { flag, instant, strictBody } from "../fields.ts";
import { emit, openTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { requireSandbox } from "./require.ts";

/** Tells every process how the clock was set; the setting is the payload. */
export const CLOCK_CHANNEL = "anima_clock";
const STATE = "sandbox-clock";

export const SandboxClock = z
  .object({
    now: z.iso.datetime().describe("What the server takes for the time."),
    frozen: z.boolean().describe("Whether it stands still."),
    realNow: z.iso.datetime(),
  })
  .meta({ id: "SandboxClock" });

export const getClock = verb({
  access: masterKey("*"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => view(requireClock(ctx)),
});

/**
 * Sets the clock of the whole server: from there it goes on, or stands still. `now: null` returns to the real time.
 * The processes of the server follow within milliseconds; the one that answers has. NOT_FOUND without the sandbox, FORBIDDEN
 * where the server does not allow it.
 */
export const setClock = verb({
  access: masterKey("*"),
  input: strictBody({ now: instant.nullable().optional(), frozen: flag.optional() }),
  run: async (ctx, { now, frozen = false }) => {
    const clock = requireClock(ctx);
    const { carrier } = ctx.services.config;
    if (carrier.name === "sandbox" && !carrier.clock) {
      throw new DomainError("FORBIDDEN", "The clock of this server cannot be set: its operator sets SANDBOX_CLOCK=on.");
    }
    if (now === null && frozen) throw invalidField("frozen", "the real time cannot stand still; leave `now` out.");
    const setting = await store(ctx, clock, (before) => {
      if (now === null) return { offsetMs: 0, frozenAt: null };
      const at = now ?? clockAt(before, clock);
      if (frozen) return { offsetMs: before.offsetMs, frozenAt: at.toISOString() };
      return { offsetMs: at.getTime() - clock.realNow().getTime(), frozenAt: null };
    });
    clock.apply(setting);
    return view(clock);
  },
});

function clockAt({ offsetMs, frozenAt }: ClockSetting, clock: SettableClock): Date {
  return frozenAt === null ? new Date(clock.realNow().getTime() + offsetMs) : new Date(frozenAt);
}

function store(
  ctx: Context,
  clock: SettableClock,
  change: (before: ClockSetting) => Omit<ClockSetting, "revision">,
): Promise<ClockSetting> {
  const { services } = ctx;
  return openTransaction(services, async (tx) => {
    await tx.serverState.createMany({
      data: [{ name: STATE, value: JSON.stringify(REAL_TIME) }],
      skipDuplicates: true,
    });
    const [row] = await tx.$queryRaw<{ value: string }[]>`
      SELECT value FROM server_state WHERE name = ${STATE} FOR UPDATE`;
    const before: ClockSetting = JSON.parse(row?.value ?? JSON.stringify(REAL_TIME));
    const setting = { ...change(before), revision: before.revision + 1 };
    const value = JSON.stringify(setting);
    await tx.serverState.update({ where: { name: STATE }, data: { value } });
    await tx.$queryRaw`SELECT pg_notify(${CLOCK_CHANNEL}, ${value})::text`;
    await emit(services, tx, {
      ...eventBase(ctx),
      orgId: orgOf(ctx),
      channel: "voice",
      event: "voice.sandbox_clock.set",
      result: "SUCCESS",
      data: { now: clockAt(setting, clock).toISOString(), frozen: setting.frozenAt !== null },
    });
    return setting;
  });
}

/** How the clock stands that the processes of this database share. */
export async function readClockSetting(db: Database): Promise<ClockSetting> {
  const row = await db.prisma.serverState.findUnique({ where: { name: STATE } });
  return row ? (JSON.parse(row.value) as ClockSetting) : REAL_TIME;
}

function requireClock(ctx: Context): SettableClock {
  requireSandbox(ctx.services);
  return ctx.services.testClock as SettableClock;
}

function view(clock: SettableClock): z.output<typeof SandboxClock> {
  return {
    now: clock.now().toISOString(),
    frozen: clock.setting.frozenAt !== null,
    realNow: clock.realNow().toISOString(),
  };
}
