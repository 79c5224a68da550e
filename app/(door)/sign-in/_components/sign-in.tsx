"use client";

import { useState } from "react";
import { ChooseOrganisation } from "./choose-organisation.tsx";
import { CodeForm } from "./code-form.tsx";
import { EmailForm } from "./email-form.tsx";
import { KeyForm } from "./key-form.tsx";
import { SecondFactor } from "./second-factor.tsx";
import type { OnEntered, Step } from "./steps.ts";

export type Ways = {
  /** Whom passkeys are for; null where the server can have none. */
  passkeyHost: string | null;
  canMail: boolean;
};

/**
 * All ways in. As long as nobody was invited, the master key is the only one.
 *
 * @param to where to go then
 * @param way which form is open: `email` or `key`
 */
export function SignIn({ to, ways, way, onlyKey }: { to: string; ways: Ways; way: "email" | "key"; onlyKey: boolean }) {
  const [step, setStep] = useState<Step>({ step: "start" });
  // A full load: the pages that were drawn without a session are not to be reused.
  const enter = () => window.location.assign(to);
  const onEntered: OnEntered = (entered) => (entered.step === "signed-in" ? enter() : setStep(entered));
  const restart = () => setStep({ step: "start" });

  switch (step.step) {
    case "code":
      return <CodeForm {...step} onEntered={onEntered} onBack={restart} />;
    case "second-factor":
      return <SecondFactor {...step} onEntered={onEntered} onBack={restart} />;
    case "organisation":
      return <ChooseOrganisation {...step} onEntered={enter} onBack={restart} />;
    case "start":
      if (way === "key") return <KeyForm to={to} alone={onlyKey} onSignedIn={enter} />;
      return <EmailForm to={to} ways={ways} onEntered={onEntered} onCode={setStep} />;
  }
}
