import { useMoney } from "../../_lib/money.tsx";

type CostProps = {
  /** What it costs a month, and what this one: null while nobody knows. */
  micros: number | null;
  thisMonth: number | null;
  number: string | null;
  agent: string | null;
};

/** What one more number costs, in a sentence. */
export function NumberCost({ micros, thisMonth, number, agent }: CostProps) {
  const money = useMoney();
  if (micros === null || thisMonth === null) return <p className="text-muted">…</p>;
  const what = number ? <span className="font-mono">{number}</span> : "One more number";
  return (
    <p aria-live="polite">
      {what}
      {agent && number ? ` for ${agent}` : ""}
      {thisMonth === 0 ? (
        " is included in the plan: it costs nothing more."
      ) : micros === 0 ? (
        <>
          {" costs "}
          <strong className="font-medium">{money(thisMonth)} for this month</strong>, whose included numbers are used;
          from the next one on it is included in the plan.
        </>
      ) : (
        <>
          {" costs "}
          <strong className="font-medium">{money(micros)} a month</strong>: this month at once, and each further one
          until it is released.
        </>
      )}
    </p>
  );
}
