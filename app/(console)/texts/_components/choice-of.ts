import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import type { Choice } from "../../_components/number-choice.tsx";

export function choiceOf({ id, phoneNumber, display, agentName }: NumberView): Choice {
  return { id, phoneNumber, text: `${display}, ${agentName}` };
}
