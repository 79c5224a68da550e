import type { CarrierNews } from "./news.ts";

export type NumberCapability = "sms" | "mms" | "voice";
export type NumberType = "local" | "toll_free" | "mobile";

export type NumberQuery = {
  /** ISO 3166, two letters */
  countryCode: string;
  areaCode: string | null;
  /** Digits that stand next to each other somewhere in it. */
  contains: string | null;
  capabilities: NumberCapability[];
  numberType: NumberType | null;
  limit: number;
};

export type AvailableNumber = {
  phoneNumber: string;
  numberType: NumberType;
  capabilities: NumberCapability[];
  region: string | null;
  monthlyCents: number | null;
};

export type BoughtNumber = { phoneNumber: string; providerId: string; capabilities: NumberCapability[] };

/** What the carrier knows of a number. `reassigned` is about the time since `consentDate` (47 CFR 64.1200(l)). */
export type LookUp = {
  lineType: "landline" | "mobile" | "voip" | "toll_free" | "unknown";
  reassigned: "yes" | "no" | "no_data";
  /** Whether the number has moved from the carrier that its exchange belongs to, where that is known. */
  ported: boolean | null;
};

export type MessageOrder = {
  /** For whom: the sandbox keeps organisations apart by it. */
  orgId: string;
  /** Ours, so that a repeat is known as one: where the carrier takes a token, it is sent along. */
  token: string;
  from: string;
  to: string;
  body: string;
  mediaUrls: string[];
};

export type CallOrder = {
  /** For whom, as above. */
  orgId: string;
  /** Ours, as above; the carrier's callbacks carry it. */
  token: string;
  from: string;
  to: string;
  /** What is said first, when the call is answered. */
  greeting: string | null;
  voiceId: string | null;
  language: string | null;
  /** Seconds after which the carrier ends it by itself. */
  maxSeconds: number;
};

/** What the carrier made of an order. */
export type Accepted = { carrierId: string };

/**
 * A carrier, as the domain sees it. Everything that happens outside comes as `CarrierNews`, to the function that the
 * carrier was made with: state is never asked for where it is told.
 *
 * Errors: CarrierUnsure where nobody can say whether an order was taken (a time-out after it was sent): it may not be
 * repeated before `findCall`, `findMessage` or `findNumber` has said that it is not there. CarrierRefused where it was not taken.
 */
export type Carrier = {
  readonly name: "sandbox" | "twilio" | "telnyx";
  searchNumbers(query: NumberQuery): Promise<AvailableNumber[]>;
  /** A repeat with the same token answers the same; CarrierRefused `not_available` where somebody else has it. */
  buyNumber(phoneNumber: string, order: { orgId: string; token: string }): Promise<BoughtNumber>;
  /** What became of an order whose answer was lost; null where the carrier does not have it. */
  findNumber(phoneNumber: string, order: { orgId: string; token: string }): Promise<BoughtNumber | null>;
  /** One that is not there any more is what was wanted. */
  releaseNumber(providerId: string): Promise<void>;
  lookUp(phoneNumber: string, consentDate: Date): Promise<LookUp>;

  sendMessage(order: MessageOrder): Promise<Accepted>;
  findMessage(order: MessageOrder, since: Date): Promise<Accepted | null>;

  placeCall(order: CallOrder): Promise<Accepted>;
  findCall(order: CallOrder, since: Date): Promise<Accepted | null>;
  answerCall(carrierId: string, call: Pick<CallOrder, "token" | "greeting" | "voiceId" | "language">): Promise<void>;
  rejectCall(carrierId: string): Promise<void>;
  hangUp(carrierId: string): Promise<void>;
  sendDigits(carrierId: string, digits: string): Promise<void>;
  /** Says a piece of a turn; `last` closes the turn. The end of what was said comes as news (`speak_ended`). */
  speak(
    carrierId: string,
    piece: { turnId: string; text: string; last: boolean; voiceId: string | null },
  ): Promise<void>;
  cancelSpeech(carrierId: string): Promise<void>;
  hold(carrierId: string, on: boolean): Promise<void>;
  /** Where a recording can be fetched; null where there is none. */
  recording(carrierId: string): Promise<{ url: string; durationSeconds: number | null } | null>;

  /** Reads a callback. CallbackForged where its signature is wrong, CallbackUnreadable where it is not one. */
  readCallback(request: CallbackRequest): Promise<{ news: CarrierNews[]; answer: CallbackAnswer }>;
};

/** A callback as it came: the URL as the carrier called it, the raw bytes of the body. */
export type CallbackRequest = { method: string; url: string; headers: Headers; body: Uint8Array };
/** What the carrier wants to read (TwiML, or nothing). */
export type CallbackAnswer = { status: number; contentType: string; body: string };

/** Where a carrier brings its news: resolves when it is stored, so that what failed is told again. */
export type CarrierSink = (news: CarrierNews[]) => Promise<void>;

export class CarrierUnsure extends Error {}
export class CarrierRefused extends Error {
  /** The carrier's own code, and whether another try may help. */
  readonly code: string;
  readonly retryable: boolean;
  constructor(code: string, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
  }
}
export class CallbackForged extends Error {}
export class CallbackUnreadable extends Error {}
