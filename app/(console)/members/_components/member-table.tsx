"use client";

import type { Member } from "#server/domain/members/schemas.ts";
import { useMay, useSession } from "../../../_lib/session.tsx";
import { Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { RemoveMember } from "./remove-member.tsx";
import { RoleSelect } from "./role-select.tsx";

/** How a member can sign in, in words. @param canMail whether a code can be mailed to who has set nothing */
function waysIn({ hasPassword, passkeys, secondFactor }: Member, canMail: boolean): string {
  const ways = [
    passkeys > 0 ? `${passkeys} ${passkeys === 1 ? "passkey" : "passkeys"}` : "",
    hasPassword ? "password" : "",
    secondFactor ? "second factor" : "",
  ].filter(Boolean);
  return ways.length > 0 ? ways.join(", ") : canMail ? "code by mail" : "nothing set yet";
}

export function MemberTable({ members, canMail }: { members: Member[]; canMail: boolean }) {
  const session = useSession();
  const mayWrite = useMay("write");
  const mayGovern = useMay("govern");
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed text-left">
        <thead className="border-line border-b text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="px-4 py-2 font-medium">
              Member
            </th>
            <th scope="col" className="w-32 px-2 py-2 font-medium">
              Role
            </th>
            <th scope="col" className="hidden w-52 px-2 py-2 font-medium lg:table-cell">
              Signs in by
            </th>
            <th scope="col" className="hidden w-48 px-2 py-2 font-medium md:table-cell">
              Last seen
            </th>
            {mayWrite ? (
              <th scope="col" className="w-14 px-2 py-2">
                <span className="sr-only">Remove</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => {
            const isSelf = member.id === session.memberId;
            return (
              <tr key={member.id} className="border-line border-b last:border-b-0">
                <td className="px-4 py-2.5">
                  <span className="flex min-w-0 items-center gap-2">
                    <span className="truncate font-medium">{member.name ?? member.email}</span>
                    {isSelf ? <Badge>you</Badge> : null}
                  </span>
                  <span className="block truncate text-[0.8125rem] text-muted" title={member.email}>
                    {member.email}
                  </span>
                </td>
                <td className="px-2 py-2.5">
                  {mayGovern && !isSelf ? (
                    <RoleSelect member={member} />
                  ) : (
                    <Badge tone={member.role === "OWNER" ? "good" : "neutral"}>{member.role}</Badge>
                  )}
                </td>
                <td className="hidden truncate px-2 py-2.5 text-[0.8125rem] text-muted lg:table-cell">
                  {waysIn(member, canMail)}
                </td>
                <td className="hidden px-2 py-2.5 text-[0.8125rem] text-muted md:table-cell">
                  {member.lastSeenAt ? <Time at={member.lastSeenAt} /> : "not lately"}
                </td>
                {mayWrite ? (
                  <td className="px-2 py-2.5 text-right">
                    {member.role !== "OWNER" || mayGovern ? <RemoveMember member={member} isSelf={isSelf} /> : null}
                  </td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
