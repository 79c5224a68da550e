import { CopyBlock } from "../../../_ui/copy.tsx";

/** The link of an invitation that could not be mailed, this once. */
export function InvitationLink({ link }: { link: string }) {
  return (
    <div className="grid gap-2">
      <p className="text-[0.8125rem] text-muted">
        No mail relay is configured, so nothing was mailed. Hand this link over yourself. It is shown this once, and
        makes whoever opens it the member.
      </p>
      <CopyBlock text={link} what="invitation link" />
    </div>
  );
}
