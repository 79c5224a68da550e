import { chainPath } from "../../../_lib/chain-path.ts";

/** Whether every word of a text is part of a name; an empty text fits everything. */
export function matches(text: string, name: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => name.toLowerCase().includes(word));
}

type IdPath = { kind: "message" | "call" | "agent" | "request" | "chain"; label: string; path: string };

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

/** Where a text leads when it is an id: any may be a correlation id; what looks like another kind may be that too. */
export function idPaths(text: string): IdPath[] {
  const id = text.trim();
  if (id === "") return [];
  const paths: IdPath[] = [];
  if (ULID.test(id)) {
    paths.push({ kind: "message", label: "Open message", path: `/mail?message=${id.toUpperCase()}` });
    paths.push({ kind: "call", label: "Open call", path: `/calls/${id.toUpperCase()}` });
    paths.push({ kind: "agent", label: "Open agent", path: `/agents/${id.toUpperCase()}` });
  }
  if (/^req_/i.test(id)) {
    paths.push({ kind: "request", label: "Open request", path: `/audit?request=${encodeURIComponent(id)}` });
  }
  paths.push({ kind: "chain", label: "Open chain", path: chainPath(id) });
  return paths;
}
