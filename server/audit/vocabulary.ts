// Apart from what writes records, so that pages can name the same words.
export const CHANNELS = ["agent", "email", "sms", "voice", "vault", "billing", "key", "org", "console"] as const;
export type Channel = (typeof CHANNELS)[number];
export const RESULTS = ["SUCCESS", "FAILURE", "DENIED"] as const;
export type Result = (typeof RESULTS)[number];
