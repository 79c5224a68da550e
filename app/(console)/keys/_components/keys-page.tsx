"use client";

import { useQueryStates } from "nuqs";
import { PageHead } from "../../_components/page-head.tsx";
import { CreateKeyButton, KeyList } from "./key-list.tsx";
import { keysView } from "./keys-view.ts";

export function KeysPage() {
  const [, setView] = useQueryStates(keysView, { history: "push" });
  return (
    <>
      <PageHead title="Keys" action={<CreateKeyButton onClick={() => setView({ create: "1" })} />}>
        Every key of the organisation and of its agents. A key itself is shown once, when it is made.
      </PageHead>
      <KeyList />
    </>
  );
}
