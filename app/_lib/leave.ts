const listeners = new Set<(signingOut: boolean) => void>();
let isSigningOut = false;

/** While somebody signs out, the end of the session is what they want: nothing looks for it, or sends them back here. */
export function signingOut(is: boolean): void {
  isSigningOut = is;
  for (const listener of listeners) listener(is);
}

/** Calls the listener when signing out begins, and when it failed. @returns ends it */
export function onSigningOut(listener: (signingOut: boolean) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A session that ended meanwhile: sign in, then come back to this page. */
export function leaveForSignIn(): void {
  if (isSigningOut) return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?to=${encodeURIComponent(here)}`);
}
