import type { TestApp } from "../../test/support/app.ts";
import { createTrpcHandler } from "./handler.ts";

type TrpcAnswer = {
  status: number;
  headers: Headers;
  /** The cookies that the answer sets, ready for the next call. */
  cookie: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: the answer as it is on the wire, whose form is what tests are about
  body: any;
};

type CallOptions = { cookie?: string | null; headers?: Record<string, string>; address?: string };

/** The console's browser on a test server: what its pages send over the wire. */
export function consoleOf(app: TestApp) {
  const handler = createTrpcHandler(app.runtime);

  async function send(request: Request, address = "203.0.113.7"): Promise<TrpcAnswer> {
    const response = await handler(request, { remoteAddress: address });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    const cookie = cookies.length > 0 ? cookies.join("; ") : null;
    return { status: response.status, headers: response.headers, cookie, body: await response.json() };
  }

  const headersOf = ({ cookie, headers }: CallOptions) => ({ ...(cookie ? { cookie } : {}), ...headers });

  return {
    query(path: string, input: unknown = {}, options: CallOptions = {}): Promise<TrpcAnswer> {
      const url = `http://console.test/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`;
      return send(new Request(url, { headers: headersOf(options) }), options.address);
    },
    mutate(path: string, input: unknown = {}, options: CallOptions = {}): Promise<TrpcAnswer> {
      const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headersOf(options) };
      const body = JSON.stringify(input);
      const request = new Request(`http://console.test/api/trpc/${path}`, { method: "POST", headers, body });
      return send(request, options.address);
    },
    /** Signs in with a master key. @returns the cookie */
    async signIn(masterKey: string): Promise<string> {
      const { cookie, body } = await this.mutate("session.signIn", { key: masterKey });
      if (!cookie) throw new Error(`not signed in: ${JSON.stringify(body)}`);
      return cookie;
    },
  };
}
