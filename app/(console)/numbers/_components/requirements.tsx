"use client";

import { useQuery } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

const USES = { sms: "texts", voice: "calls" };

/** What the carrier wants before such a number can be used; nothing where it wants nothing. */
export function Requirements(kind: { countryCode: string; numberType: string }) {
  const trpc = useTRPC();
  const asked = useQuery(trpc.numbers.requirements.queryOptions(kind));
  if (asked.isError) return <ErrorNote error={errorOf(asked.error)} onRetry={() => asked.refetch()} />;
  const wanted = asked.data?.requirements ?? [];
  if (wanted.length === 0) return null;
  return (
    <ul aria-label="What the carrier wants" className="grid gap-2 rounded-md bg-warn-soft px-3 py-2 text-[0.8125rem]">
      {wanted.map(({ name, description, for: use }) => (
        <li key={name}>
          <span className="font-medium">
            Before it {USES[use]}: {name}.
          </span>{" "}
          {description}
        </li>
      ))}
    </ul>
  );
}
