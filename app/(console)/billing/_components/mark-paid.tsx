"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Invoice } from "#server/domain/invoices/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { moneyText } from "../../../_lib/money.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";

/** Notes that an invoice was paid, where payments are made by hand. */
export function MarkPaid({ invoice: { id, number, totalCents, currency } }: { invoice: Invoice }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const pay = useMutation(
    trpc.billing.payInvoice.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await queryClient.invalidateQueries(trpc.billing.pathFilter());
      },
    }),
  );
  const turn = (next: boolean) => {
    pay.reset();
    setOpen(next);
  };
  return (
    <>
      <WriteButton size="sm" onClick={() => turn(true)} aria-label={`Mark ${number} as paid`}>
        Mark as paid
      </WriteButton>
      <Modal
        open={open}
        onOpenChange={turn}
        title={`Mark ${number} as paid?`}
        description={`It says that ${moneyText(totalCents * 10_000, currency)} have arrived. This cannot be taken back, and stands on the log with your name.`}
      >
        {pay.isError ? <ErrorNote error={errorOf(pay.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => turn(false)}>Cancel</Button>
          <Button variant="primary" disabled={pay.isPending} onClick={() => pay.mutate({ id })}>
            Mark as paid
          </Button>
        </div>
      </Modal>
    </>
  );
}
