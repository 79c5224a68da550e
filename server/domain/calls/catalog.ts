import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { verb } from "../verb.ts";
import { CALL_TIERS } from "./schemas.ts";

const Voice = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    tier: z.enum(CALL_TIERS),
    gender: z.enum(["male", "female", "neutral"]),
    language: z.string().describe("BCP 47"),
    description: z.string(),
  })
  .meta({ id: "Voice" });
type Voice = z.infer<typeof Voice>;
export const VoiceCatalog = z.object({ voices: z.array(Voice) }).meta({ id: "VoiceCatalog" });

const voice = (id: string, name: string, gender: Voice["gender"], language: string, tier: Voice["tier"]): Voice => ({
  id,
  name,
  provider: id.split(":", 1)[0] ?? "",
  tier,
  gender,
  language,
  description:
    tier === "basic" ? "The carrier's own speech." : "Speech of a provider of its own; its minutes cost more.",
});

/** What can be named as voiceId, by carrier; each is sent to it as it stands after the colon. */
const VOICES: Record<string, readonly Voice[]> = {
  sandbox: [
    voice("sandbox:ada", "Ada", "female", "en-US", "basic"),
    voice("sandbox:ben", "Ben", "male", "en-US", "basic"),
    voice("sandbox:lucia", "Lucia", "female", "es-US", "basic"),
    voice("sandbox:kim", "Kim", "neutral", "en-GB", "premium"),
  ],
  twilio: [
    voice("google:en-US-Neural2-F", "Neural2 F", "female", "en-US", "basic"),
    voice("google:en-US-Neural2-D", "Neural2 D", "male", "en-US", "basic"),
    voice("google:es-US-Neural2-A", "Neural2 A", "female", "es-US", "basic"),
    voice("amazon:Joanna-Neural", "Joanna", "female", "en-US", "basic"),
    voice("elevenlabs:21m00Tcm4TlvDq8ikWAM", "Rachel", "female", "en-US", "premium"),
  ],
  telnyx: [
    voice("aws-polly:Joanna", "Joanna", "female", "en-US", "basic"),
    voice("aws-polly:Matthew", "Matthew", "male", "en-US", "basic"),
    // Others, ElevenLabs' among them, want a key of that provider with each command.
    voice("aws-polly:Lupe", "Lupe", "female", "es-US", "basic"),
  ],
};

/** The voices that calls can be spoken with. */
export const getCatalog = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({
    tier: z.enum(CALL_TIERS).optional(),
    gender: z.enum(["male", "female", "neutral"]).optional(),
    language: z.string().max(35).optional().describe("BCP 47; en finds en-US and en-GB."),
  }),
  run: async (ctx, { tier, gender, language }): Promise<z.infer<typeof VoiceCatalog>> => {
    const wanted = language?.toLowerCase();
    const speaks = (tag: string) => {
      const lower = tag.toLowerCase();
      return wanted === undefined || lower === wanted || lower.startsWith(`${wanted}-`);
    };
    const voices = (VOICES[ctx.services.carrier.name] ?? []).filter(
      (each) => (!tier || each.tier === tier) && (!gender || each.gender === gender) && speaks(each.language),
    );
    return { voices };
  },
});
