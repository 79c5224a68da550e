import { CodeArea } from "../../_ui/code-area.tsx";
import { CopyButton } from "../../_ui/copy.tsx";

/** A block of code with its copy button. @param label says what it is */
export function Code({ label, children }: { label: string; children: string }) {
  return (
    <figure className="my-3 overflow-hidden rounded-lg border border-line bg-surface">
      <figcaption className="flex items-center justify-between border-line border-b bg-raised py-0.5 pr-1 pl-3 text-[0.75rem] text-muted">
        {label}
        <CopyButton text={children} what={label} />
      </figcaption>
      <CodeArea label={label}>{children}</CodeArea>
    </figure>
  );
}
