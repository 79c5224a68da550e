import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metadata } from "next";
import { Markdown } from "../_components/markdown.tsx";

export const metadata: Metadata = { title: "Changelog" };

export default async function ChangelogPage() {
  return (
    <article className="prose">
      <Markdown text={await readFile(join(process.cwd(), "CHANGELOG.md"), "utf8")} />
    </article>
  );
}
