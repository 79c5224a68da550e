import { hasDnsRecords } from "#server/domain/email/addresses.ts";
import { router, signedInProcedure } from "../init.ts";

const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** How this server is configured, as far as the console has to say so. */
export const serverRouter = router({
  status: signedInProcedure.query(({ ctx }) => {
    const { publicUrl, mailDomain, relayUrl, smtp, carrier } = ctx.services.config;
    return {
      publicUrl,
      isLocal: LOCAL_HOSTS.includes(new URL(publicUrl).hostname),
      mailDomain,
      hasDns: hasDnsRecords(mailDomain),
      hasRelay: relayUrl !== null,
      hasCarrier: carrier.name !== "sandbox",
      smtpPort: smtp.port,
    };
  }),
});
