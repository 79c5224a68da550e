"use client";

import { errorOf } from "../../../_lib/errors.ts";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { NameRow } from "./name-row.tsx";
import { PasskeyRows } from "./passkey-rows.tsx";
import { PasswordRow } from "./password-row.tsx";
import { SecondFactorRow } from "./second-factor-row.tsx";
import { Row, Section } from "./section.tsx";
import { SignInAgain } from "./sign-in-again.tsx";
import { useProfile } from "./use-account.ts";

/** Name and ways in of the person who is signed in. */
export function Account({ passkeyHost }: { passkeyHost: string | null }) {
  const profile = useProfile();
  if (profile.isPending) return <SkeletonRows rows={4} what="your account" />;
  if (profile.isError) return <ErrorNote error={errorOf(profile.error)} onRetry={() => profile.refetch()} />;
  if (profile.data === null) return <NoAccount />;
  const account = profile.data;
  return (
    <Section id="account" title="Your account" line={account.email}>
      <NameRow name={account.name} />
      {account.fresh ? null : <SignInAgain />}
      <PasswordRow account={account} />
      <PasskeyRows account={account} host={passkeyHost} />
      <SecondFactorRow account={account} />
    </Section>
  );
}

function NoAccount() {
  return (
    <Section id="account" title="Your account">
      <Row
        name="You are signed in with the master key"
        line="It opens everything, but the log cannot tell who acts with it. With an account of your own you sign in by passkey, password or code, and the log names you."
      >
        <Button asChild>
          <Link href="/members">Invite yourself</Link>
        </Button>
      </Row>
    </Section>
  );
}
