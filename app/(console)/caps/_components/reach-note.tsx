import { limitValue } from "./limit-field.tsx";
import { reachedAt, reachText } from "./reach.ts";

/** The instant of which what is shown is true, and whose days are meant. */
export type Now = { asOf: string; timeZone: string };

type ReachNoteProps = {
  /** As it is typed; null: no limit. */
  text: string | null;
  isMoney: boolean;
  period: "month" | "day";
  /** Micro-units or units. */
  used: number;
  usedToday: number;
  /** When the day and the month end. */
  dayEnds: string;
  monthEnds: string;
  /** Whether it refuses, or only alerts. */
  refuses: boolean;
  now: Now;
};

/** What a limit means before it is saved: when it is reached at today's rate, or that it is reached already. */
export function ReachNote(props: ReachNoteProps) {
  const { text, isMoney, period, used, usedToday, dayEnds, monthEnds, refuses, now } = props;
  const value = limitValue(text, isMoney);
  if (value === null) return "no cap";
  if (!Number.isFinite(value)) return null;
  const at = reachedAt(isMoney ? value * 10_000 : value, {
    used,
    usedToday,
    asOf: Date.parse(now.asOf),
    dayEnds: Date.parse(dayEnds),
    periodEnds: Date.parse(period === "day" ? dayEnds : monthEnds),
  });
  if (at === "now") {
    return (
      <span className="text-danger">
        {refuses ? "blocks at once" : "reached already"}:{" "}
        {value === 0 ? "nothing is allowed" : `more than this is used`}
      </span>
    );
  }
  if (at === "never") return `at today's rate not reached this ${period}`;
  return `at today's rate reached ${period === "day" ? "at" : "on"} ${reachText(at, period, now.timeZone)}`;
}
