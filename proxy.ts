import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { pagePolicy } from "#server/platform/security-headers.ts";

/**
 * Gives every page a Content-Security-Policy with a nonce of its own. Next reads the nonce from the request's header and
 * puts it on its scripts; that is why every page is rendered for its request and none at build time.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = pagePolicy(randomBytes(16).toString("base64"), process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

// What is no page has no scripts to allow: /api and /v1 answer with a policy of their own (server/http/server.ts). Nor do
// the parts that a page in the browser fetches of another one: the policy in force is the one it was loaded with.
export const config = {
  matcher: [{ source: "/((?!api/|v1/|_next/|icon.svg).*)", missing: [{ type: "header", key: "rsc" }] }],
};
