import { Fragment, type ReactNode } from "react";

type Block = { kind: "h1" | "h2" | "h3" | "p"; text: string } | { kind: "ul"; items: string[] };

/** Our own changelog: headings, paragraphs, lists, `code`, **bold** and links. Nothing else of Markdown. */
export function Markdown({ text }: { text: string }) {
  return parseBlocks(text).map((block, index) => {
    const key = `${index}-${block.kind}`;
    if (block.kind === "ul") {
      return (
        <ul key={key}>
          {block.items.map((item) => (
            <li key={item}>{inline(item)}</li>
          ))}
        </ul>
      );
    }
    const Tag = block.kind;
    return <Tag key={key}>{inline(block.text)}</Tag>;
  });
}

function parseBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const chunk of text.split(/\n{2,}|\n(?=#)|(?<=^#.*)\n/m)) {
    const heading = /^(#{1,3}) (.+)$/.exec(chunk.trim());
    if (heading?.[1] && heading[2]) {
      blocks.push({ kind: `h${heading[1].length}` as "h1", text: heading[2].replace(/^\[([^\]]+)\]/, "$1") });
    } else if (/^\s*[-*] /.test(chunk)) {
      const items = chunk
        .trim()
        .split(/\n(?=\s*[-*] )/)
        .map((item) => item.replace(/^\s*[-*] /, ""));
      blocks.push({ kind: "ul", items });
    } else if (chunk.trim() !== "" && !/^\[[^\]]+\]: /.test(chunk.trim())) {
      blocks.push({ kind: "p", text: chunk.trim() });
    }
  }
  return blocks;
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\((?:https?:\/\/|\/)[^)\s]+\))/;

/** The marks within a line: `code`, **bold**, links. */
export function inline(text: string): ReactNode {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .split(INLINE)
    .map((part, index) => {
      const key = index;
      if (part.startsWith("`")) return <code key={key}>{part.slice(1, -1)}</code>;
      if (part.startsWith("**")) return <strong key={key}>{part.slice(2, -2)}</strong>;
      const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
      if (link)
        return (
          <a key={key} href={link[2]}>
            {link[1]}
          </a>
        );
      return <Fragment key={key}>{part}</Fragment>;
    });
}
