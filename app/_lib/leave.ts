let isSigningOut = false;

/** While somebody signs out, the end of the session is what they want: nothing sends them back here afterwards. */
export function signingOut(is: boolean): void {
  isSigningOut = is;
}

/** A session that ended meanwhile: sign in, then come back to this page. */
export function leaveForSignIn(): void {
  if (isSigningOut) return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?to=${encodeURIComponent(here)}`);
}
