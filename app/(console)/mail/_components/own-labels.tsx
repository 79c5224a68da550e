import { STATE_LABELS } from "#server/domain/mailbox/boxes.ts";

/** The labels that somebody gave a mail, without those that are its state. */
export function OwnLabels({ labels }: { labels: string[] }) {
  return labels
    .filter((label) => !STATE_LABELS.includes(label))
    .map((label) => (
      <span key={label} className="max-w-40 truncate rounded bg-accent-soft px-1.5 text-[0.75rem] text-accent">
        {label}
      </span>
    ));
}
