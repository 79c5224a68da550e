"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { AppRouter } from "#server/trpc/root.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Choice } from "../../../_ui/choice.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

export type ForSale = inferRouterOutputs<AppRouter>["numbers"]["search"]["items"][number];
export type SearchInput = {
  countryCode: string;
  areaCode?: string;
  contains?: string;
  numberType?: "local" | "toll_free" | "mobile";
  limit: number;
};

const KINDS = [
  ["any", "Any kind"],
  ["local", "Local"],
  ["toll_free", "Toll-free"],
  ["mobile", "Mobile"],
] as const;
const KIND_NAMES: Record<string, string> = { local: "local", toll_free: "toll-free", mobile: "mobile" };
const FIRST_SEARCH: SearchInput = { countryCode: "US", limit: 10 };

type SearchProps = { chosen: string | null; onChoose: (number: ForSale, input: SearchInput) => void };

/** Numbers that the carrier has for sale, to choose one. */
export function NumberSearch({ chosen, onChoose }: SearchProps) {
  const trpc = useTRPC();
  const [input, setInput] = useState(FIRST_SEARCH);
  const found = useQuery(trpc.numbers.search.queryOptions(input, { placeholderData: keepPreviousData }));
  const error = found.isError ? errorOf(found.error) : null;
  const items = found.isError ? [] : (found.data?.items ?? []);
  return (
    <div className="grid gap-3">
      <SearchForm onSearch={setInput} error={(field) => fieldError(error, field)} />
      {error && !error.details.fields ? <ErrorNote error={error} onRetry={() => found.refetch()} /> : null}
      <p role="status" className="text-[0.8125rem] text-muted empty:hidden">
        {found.isFetching
          ? "Asking the carrier…"
          : found.isSuccess && items.length === 0
            ? "The carrier has none like it. Try another area code or country."
            : null}
      </p>
      {items.length > 0 ? (
        <fieldset className={cn("grid transition-opacity", found.isPlaceholderData && "opacity-60")}>
          <legend className="mb-1.5 font-medium">For sale</legend>
          <div className="max-h-64 divide-y divide-line overflow-y-auto rounded-md border border-line">
            {items.map((number) => (
              <label
                key={number.phoneNumber}
                className="flex cursor-pointer items-center gap-3 px-3 py-2 has-checked:bg-raised hover:bg-raised/60"
              >
                <input
                  type="radio"
                  name="number"
                  className="size-4 accent-(--accent-fill)"
                  checked={chosen === number.phoneNumber}
                  onChange={() => onChoose(number, input)}
                />
                <span className="flex-1 font-mono text-[0.8125rem]">{number.display}</span>
                <span className="text-[0.75rem] text-muted">{aboutOf(number)}</span>
              </label>
            ))}
          </div>
        </fieldset>
      ) : null}
    </div>
  );
}

function aboutOf({ region, numberType, capabilities: { sms, voice } }: ForSale): string {
  const can = sms && voice ? "texts and calls" : sms ? "texts only" : "calls only";
  return [region, KIND_NAMES[numberType], can].filter(Boolean).join(", ");
}

type FormProps = { onSearch: (input: SearchInput) => void; error: (field: string) => string | undefined };

function SearchForm({ onSearch, error }: FormProps) {
  const [country, setCountry] = useState("US");
  const [kind, setKind] = useState<(typeof KINDS)[number][0]>("any");
  const [areaCode, setAreaCode] = useState("");
  const [contains, setContains] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch({
      countryCode: country.trim().toUpperCase(),
      limit: FIRST_SEARCH.limit,
      ...(areaCode.trim() ? { areaCode: areaCode.trim() } : {}),
      ...(contains.trim() ? { contains: contains.trim() } : {}),
      ...(kind === "any" ? {} : { numberType: kind }),
    });
  };
  return (
    <form onSubmit={submit} aria-label="Search numbers" className="grid gap-3">
      <div className="grid grid-cols-3 items-start gap-3">
        <Field
          label="Country"
          name="country"
          autoComplete="off"
          maxLength={2}
          required
          mono
          error={error("countryCode")}
          value={country}
          onChange={(event) => setCountry(event.target.value)}
        />
        <Field
          label="Area code"
          name="area-code"
          inputMode="numeric"
          autoComplete="off"
          placeholder="212"
          mono
          error={error("areaCode")}
          value={areaCode}
          onChange={(event) => setAreaCode(event.target.value)}
        />
        <Field
          label="Contains"
          name="contains"
          inputMode="numeric"
          autoComplete="off"
          placeholder="4242"
          mono
          error={error("contains")}
          value={contains}
          onChange={(event) => setContains(event.target.value)}
        />
      </div>
      <div className="flex items-center gap-2">
        <Choice label="Kind" value={kind} options={KINDS} onChoose={setKind} />
        <Button type="submit" size="sm" className="h-8">
          <Search aria-hidden /> Search
        </Button>
      </div>
    </form>
  );
}
