import type { Services } from "../context.ts";

/**
 * Who is told by mail what concerns the organisation's money: the members who own it, and the human who answers for an
 * organisation that an agent signed up.
 */
export async function ownersOf(services: Services, orgId: string): Promise<string[]> {
  const { rows } = await services.db.pool.query<{ email: string }>(
    `SELECT lower(human_email) AS email FROM organization WHERE id = $1 AND human_email IS NOT NULL
     UNION SELECT p.email FROM member m JOIN person p ON p.id = m.person_id WHERE m.org_id = $1 AND m.role = 'OWNER'
     ORDER BY email`,
    [orgId],
  );
  return rows.map(({ email }) => email);
}
