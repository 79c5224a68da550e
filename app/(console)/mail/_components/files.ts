import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS } from "#server/domain/email/limits.ts";
import { byteSize } from "../../../_lib/numbers.ts";

/** What is wrong with the files that are to go along; undefined when nothing is. */
export function filesProblem(files: File[]): string | undefined {
  if (files.length > MAX_ATTACHMENTS) return `At most ${MAX_ATTACHMENTS} files; these are ${files.length}.`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total <= MAX_ATTACHMENT_BYTES) return undefined;
  return `At most ${byteSize(MAX_ATTACHMENT_BYTES)} together; these are ${byteSize(total)}.`;
}

/** Files as the verbs take them. UnreadableFile. */
export function toAttachments(files: File[]): Promise<{ filename: string; contentType: string; content: string }[]> {
  return Promise.all(
    files.map(async (file) => ({
      filename: file.name,
      // A type may have parameters, and is empty where the browser knows none.
      contentType: file.type.split(";")[0] || "application/octet-stream",
      content: await base64Of(file),
    })),
  );
}

/** A file that was chosen and is gone, or that the browser may not read any more. */
export class UnreadableFile extends Error {}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new UnreadableFile(`${file.name} cannot be read. Choose it again.`));
    reader.readAsDataURL(file);
  });
}
