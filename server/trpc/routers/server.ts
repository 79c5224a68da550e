import { router, signedInProcedure } from "../init.ts";

/** How this server is configured, as far as the console has to say so. */
export const serverRouter = router({
  status: signedInProcedure.query(({ ctx }) => {
    const { publicUrl, mailDomain, relayUrl, smtp } = ctx.services.config;
    return { publicUrl, mailDomain, hasRelay: relayUrl !== null, smtpPort: smtp.port };
  }),
});
