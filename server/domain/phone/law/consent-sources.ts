// In days.
const EIGHTEEN_MONTHS = 548;
const THREE_MONTHS = 90;

/**
 * On what a call or text can rest, as `metadata.consent_source` or a consent record says it. A closed list: what is not
 * here is no consent.
 *
 * `oldestDays`: how old the consent may be of which only the source is known. The carrier is asked whether the number
 * has changed hands within that time: an established business relationship holds for 18 months after a purchase and 3
 * after an inquiry (47 CFR 64.1200(f)(5)); a consent that nobody has dated is given no longer.
 */
export const CONSENT_SOURCES = {
  "opt-in:web-form": { meaning: "The person filled in a form on a site.", oldestDays: EIGHTEEN_MONTHS },
  "opt-in:double-opt-in": {
    meaning: "The same, and confirmed it from the number itself.",
    oldestDays: EIGHTEEN_MONTHS,
  },
  "customer-initiated": { meaning: "The person asked to be called, or called first.", oldestDays: THREE_MONTHS },
  "business-relationship": {
    meaning: "The person bought from you, or has a contract with you.",
    oldestDays: EIGHTEEN_MONTHS,
  },
  "prior-express-written": {
    meaning: "Signed, on paper or electronically (47 CFR 64.1200(f)(9)).",
    oldestDays: EIGHTEEN_MONTHS,
  },
  "prior-express-oral": { meaning: "Said, and noted by whoever heard it.", oldestDays: EIGHTEEN_MONTHS },
} as const;

export type ConsentSource = keyof typeof CONSENT_SOURCES;
export const CONSENT_SOURCE_NAMES = Object.keys(CONSENT_SOURCES) as [ConsentSource, ...ConsentSource[]];

export function isConsentSource(value: unknown): value is ConsentSource {
  return typeof value === "string" && Object.hasOwn(CONSENT_SOURCES, value);
}
