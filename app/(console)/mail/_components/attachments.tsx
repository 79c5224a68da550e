import { Download, Paperclip } from "lucide-react";
import type { Mail } from "#server/domain/mailbox/read-mail.ts";
import { byteSize } from "../../../_lib/numbers.ts";

/** The files of a mail. They are saved, never shown here: anybody may have sent them. */
export function Attachments({ files }: { files: Mail["attachments"] }) {
  if (files.length === 0) return null;
  return (
    <section aria-label="Attachments" className="border-line border-t px-4 py-3">
      <ul className="grid gap-1">
        {files.map((file) => (
          <li key={file.id} className="flex items-center gap-2">
            <Paperclip className="size-4 shrink-0 text-muted" aria-hidden />
            <a
              href={`/api/mail-attachment/${file.id}`}
              download
              className="inline-flex min-w-0 items-center gap-1.5 rounded underline underline-offset-2"
            >
              <span className="truncate" title={file.filename}>
                {file.filename}
              </span>
              <Download className="size-3.5 shrink-0 text-muted" aria-hidden />
            </a>
            <span className="hidden min-w-0 flex-1 truncate text-right font-mono text-[0.75rem] text-muted sm:inline">
              {file.mimeType}
            </span>
            <span className="ml-auto w-16 shrink-0 text-right font-mono text-[0.75rem] text-muted tabular-nums sm:ml-0">
              {byteSize(file.sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
