"use client";

import { PageHead } from "../../_components/page-head.tsx";
import { Account } from "./account.tsx";
import { Appearance } from "./appearance.tsx";
import { DataExport } from "./data-export.tsx";
import { MasterKey } from "./master-key.tsx";
import { Organisation } from "./organisation.tsx";
import { Sessions } from "./sessions.tsx";

/** @param passkeyHost whom passkeys are for; null where the server can have none */
export function Settings({ passkeyHost }: { passkeyHost: string | null }) {
  return (
    <>
      <PageHead title="Settings">Your account, your sessions, and the organisation.</PageHead>
      <div className="grid max-w-3xl gap-5">
        <Account passkeyHost={passkeyHost} />
        <Sessions />
        <Appearance />
        <Organisation />
        <DataExport />
        <MasterKey />
      </div>
    </>
  );
}
