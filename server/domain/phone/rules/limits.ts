/** The most that an organisation can allow itself: it may set less, never more. */
export const MOST_CALLS = 3;
export const MOST_TEXTS = 8;
export const MOST_CONSENT_DAYS = 30;
export const DIALS_PER_SECOND = 5;

/** As clocks count them: 0 is Sunday. */
export const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
