"use client";

import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const SETTLED_MS = 200;

/**
 * A search that follows the typing once it settles.
 *
 * @param value what is searched for at this moment: the address bar's, so that Back fills the field too
 */
export function SearchField(props: { label: string; value: string; onSearch: (value: string) => void }) {
  const { label, value, onSearch } = props;
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      onSearch(wanted);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <div className="flex h-8 min-w-0 flex-1 basis-full items-center sm:basis-0 gap-2 rounded-md border border-line-strong bg-surface px-2.5 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent sm:max-w-80">
      <Search className="size-3.5 shrink-0 text-muted" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        className="h-full min-w-0 flex-1 bg-transparent text-[0.8125rem] outline-none placeholder:text-muted [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setText("");
        }}
      />
      {text ? (
        <button
          type="button"
          aria-label="Clear the search"
          className="rounded text-muted hover:text-ink"
          onClick={() => setText("")}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      ) : null}
    </div>
  );
}
