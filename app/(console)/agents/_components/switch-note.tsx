import { X } from "lucide-react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

/** What became of a pause or a resume, and the way back. */
export function SwitchNote(props: {
  /** As it was to become. */
  agent: Agent;
  refused: ErrorView | null;
  onUndo: () => void;
  onClose: () => void;
}) {
  const { agent, refused, onUndo, onClose } = props;
  const paused = agent.status === "PAUSED";
  const close = (
    <Button variant="ghost" size="sm" className="size-7 px-0" aria-label="Close this note" onClick={onClose}>
      <X />
    </Button>
  );
  if (refused) {
    return (
      <div className="mb-3 flex items-start gap-2 [&>div]:flex-1">
        <div>
          <p className="mb-1 font-medium">
            {agent.name} was not {paused ? "paused" : "resumed"}.
          </p>
          <ErrorNote error={refused} />
        </div>
        {close}
      </div>
    );
  }
  return (
    <div className="mb-3 flex items-center gap-2 rounded-md border border-line bg-surface py-1 pr-1 pl-3">
      <p role="status" className="min-w-0 flex-1 truncate text-[0.8125rem]">
        {paused
          ? `${agent.name} is paused: its key can send nothing, mail to it is still stored.`
          : `${agent.name} is active: its key works again.`}
      </p>
      <Button size="sm" onClick={onUndo}>
        Undo
      </Button>
      {close}
    </div>
  );
}
