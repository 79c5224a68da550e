import type { Metadata } from "next";
import { relyingParty } from "#server/domain/console/relying-party.ts";
import { inspectInvitation } from "#server/domain/invitations/accept.ts";
import { pageContext } from "../../../_lib/server.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { Panel } from "../../sign-in/_components/panel.tsx";
import { Invitation } from "./_invitation.tsx";

export const metadata: Metadata = { title: "Invitation" };

/** Only shows what the invitation is: it is used up by the button, so that whatever previews links does not. */
export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { services, session } = await pageContext();
  const invitation = await inspectInvitation(services, token, session);
  if (!invitation) {
    return (
      <Panel
        title="This invitation has done its work"
        line="It was used or revoked, or is older than seven days. Ask whoever invited you for another."
      >
        <Button asChild variant="primary" className="justify-self-start">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </Panel>
    );
  }
  const { config } = services;
  return (
    <Invitation
      token={token}
      invitation={invitation}
      ways={{ passkeyHost: relyingParty(config)?.id ?? null, canMail: config.relayUrl !== null }}
    />
  );
}
