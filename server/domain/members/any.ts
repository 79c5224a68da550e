import type { Services } from "../context.ts";

/** Whether anybody on this server signs in as a person. Until then the sign-in offers the master key alone. */
export async function anybodyInvited(services: Services): Promise<boolean> {
  return (await services.db.prisma.person.findFirst({ select: { id: true } })) !== null;
}
