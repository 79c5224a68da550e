import { useRef } from "react";

/**
 * Gives the focus back to where it was when a dialog opened. Radix gives it to the dialog's trigger only, which one that
 * is opened by a state or a key does not have. For the dialog's content.
 */
export function useFocusReturn() {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    },
  };
}
