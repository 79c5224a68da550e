/** The month that the address names, such as 2027-03; anything else means the current one. */
export function monthOf(text: string | string[] | undefined): string | null {
  return typeof text === "string" && /^2\d{3}-(0[1-9]|1[0-2])$/.test(text) ? text : null;
}

/** The page prefetches what its charts then read. */
export function usageInput(month: string | null): { month?: string } {
  return month === null ? {} : { month };
}

/** The input of the list of invoices. */
export const INVOICES = { limit: 20 };

/** The month so many months later. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

/** The dates of a month, up to a last one. */
export function daysOf(month: string, last: string): string[] {
  const end = `${monthAfter(month, 1)}-01`;
  const days: string[] = [];
  for (const day = new Date(`${month}-01T00:00:00Z`); ; day.setUTCDate(day.getUTCDate() + 1)) {
    const date = day.toISOString().slice(0, 10);
    if (date >= end || date > last) return days;
    days.push(date);
  }
}

const name = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** `March 2027` */
export function monthName(month: string): string {
  return name.format(new Date(`${month}-01T00:00:00Z`));
}

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** `9 Mar` of a date. */
export function dayText(date: string): string {
  return dayName.format(new Date(`${date}T00:00:00Z`));
}
