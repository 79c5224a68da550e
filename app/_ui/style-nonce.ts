// A dialog locks the page's scrolling by a style element that is made at run time. The Content-Security-Policy allows it
// only with the page's nonce, which the library (get-nonce) looks for under this name.
declare global {
  var __webpack_nonce__: string | undefined;
}

if (typeof document !== "undefined") {
  globalThis.__webpack_nonce__ ??= document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}

export {};
