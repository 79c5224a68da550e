"use client";

import type { InfiniteData } from "@tanstack/react-query";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { ROLES, type Role } from "#server/domain/members/roles.ts";
import type { Member } from "#server/domain/members/schemas.ts";
import type { AppRouter } from "#server/trpc/root.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { membersInput } from "./members-input.ts";

type Pages = InfiniteData<inferRouterOutputs<AppRouter>["members"]["list"]>;

/** Changes a member's role at once; a refusal puts the old one back and says why. */
export function RoleSelect({ member }: { member: Member }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = trpc.members.list.infiniteQueryOptions(membersInput, nextPage).queryKey;
  const show = (role: Role) => queryClient.setQueryData<Pages>(key, (data) => data && withRole(data, member.id, role));
  const change = useMutation(
    trpc.members.changeRole.mutationOptions({
      onMutate: async ({ role }) => {
        await queryClient.cancelQueries({ queryKey: key });
        show(role);
        return { before: member.role };
      },
      onError: (_error, _input, context) => show(context?.before ?? member.role),
      onSettled: () => queryClient.invalidateQueries(trpc.members.list.pathFilter()),
    }),
  );
  const problem = change.isError ? errorOf(change.error) : null;
  return (
    <>
      <select
        aria-label={`Role of ${member.email}`}
        className="h-8 w-full max-w-28 rounded-md border border-line-strong bg-surface px-2 text-[0.8125rem]"
        value={member.role}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ id: member.id, role: event.target.value as Role })}
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {role.toLowerCase()}
          </option>
        ))}
      </select>
      {problem ? (
        <p role="alert" className="mt-1 text-[0.75rem] text-danger">
          {problem.detail}
        </p>
      ) : null}
    </>
  );
}

function withRole(data: Pages, id: string, role: Role): Pages {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === id ? { ...item, role } : item)),
  }));
  return { ...data, pages };
}
