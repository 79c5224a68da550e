import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether this browser can use passkeys here; false on the server and during hydration.
 *
 * @param host whom the server's passkeys are for; null where it can have none
 */
export function usePasskeys(host: string | null): boolean {
  return useSyncExternalStore(
    never,
    () => host !== null && window.location.hostname === host && typeof window.PublicKeyCredential === "function",
    () => false,
  );
}

/** Why a passkey was not used, in words for whoever sees the page. */
export class PasskeyError extends Error {}

// The library is loaded when somebody uses a passkey: most visits do not.
export async function askForPasskey(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  const answer = await startAuthentication({ optionsJSON }).catch(explain);
  return { ...answer, clientExtensionResults: { ...answer.clientExtensionResults } };
}

export async function makePasskey(optionsJSON: PublicKeyCredentialCreationOptionsJSON) {
  const { startRegistration } = await import("@simplewebauthn/browser");
  const answer = await startRegistration({ optionsJSON }).catch(explain);
  return { ...answer, clientExtensionResults: { ...answer.clientExtensionResults } };
}

function explain(error: unknown): never {
  const name = error instanceof Error ? error.name : "";
  const words: Record<string, string> = {
    NotAllowedError: "No passkey was used: it was cancelled, took too long, or this device has none for this server.",
    AbortError: "It was cancelled.",
    InvalidStateError: "This device has a passkey for this server already.",
    NotSupportedError: "This device cannot make a passkey that is unlocked by finger, face or PIN.",
    SecurityError: "The browser allows no passkeys at this address.",
  };
  throw new PasskeyError(words[name] ?? "The browser could not use a passkey.", { cause: error });
}
