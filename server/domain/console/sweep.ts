import type { Services } from "../context.ts";

const DAY_MS = 24 * 3_600_000;

/** Deletes what opens nothing any more: tickets and codes after a day, links and sessions after a week. */
export async function sweepConsole(services: Pick<Services, "db" | "clock">): Promise<void> {
  const { prisma } = services.db;
  const ago = (days: number) => new Date(services.clock.now().getTime() - days * DAY_MS);
  await prisma.consoleTicket.deleteMany({ where: { expiresAt: { lt: ago(1) } } });
  await prisma.signInCode.deleteMany({ where: { expiresAt: { lt: ago(1) } } });
  await prisma.signInLink.deleteMany({ where: { expiresAt: { lt: ago(7) } } });
  await prisma.session.deleteMany({ where: { expiresAt: { lt: ago(7) } } });
}
