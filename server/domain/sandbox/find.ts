import type { Services } from "../context.ts";
import type { Accepted } from "../phone/carrier.ts";

/** The call or message that was ordered with a token; null where none was. */
export async function findByToken({ db }: Services, kind: "call" | "message", token: string): Promise<Accepted | null> {
  const where = { token };
  const select = { carrierId: true };
  return kind === "call"
    ? db.prisma.sandboxCall.findUnique({ where, select })
    : db.prisma.sandboxMessage.findUnique({ where, select });
}
