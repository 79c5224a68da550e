import { describe, expect, it } from "vitest";
import { FEDERAL, NARROWER, windowOn } from "./hours.ts";
import { asksToStop, keywordOf } from "./words.ts";

describe("what a text asks for", () => {
  it.each([
    ...[
      "STOP",
      "stop",
      "Stop.",
      " stop! ",
      "«Stop»",
      "STOPALL",
      "stop all",
      "Unsubscribe",
      "cancel",
      "END",
      "quit",
      "Revoke",
    ],
    ...["OPTOUT", "opt out", "Opt-Out.", "\u{FF33}\u{FF34}\u{FF2F}\u{FF30}", "Stop\n"],
  ])("%j: stop", (text) => expect(keywordOf(text)).toBe("stop"));
  it.each(["START", "unstop", "Yes", "yes."])("%j: start", (text) => expect(keywordOf(text)).toBe("start"));
  it.each(["HELP", "help?", "info"])("%j: help", (text) => expect(keywordOf(text)).toBe("help"));
  it.each(["", "   ", "!", "Please stop by at five", "yes please", "stopping", "constructor", "END of the road", "🛑"])(
    "%j: nothing",
    (text) => expect(keywordOf(text)).toBeNull(),
  );
});

describe("what is said in a call, or written in more than a word", () => {
  it.each([
    "Please stop calling me.",
    "Don't call me again",
    "Don\u2019t ever call here anymore",
    "do not contact us",
    "Could you take me off your list?",
    "remove my number, please",
    "Put me on your do not call list!",
    "I revoke my consent.",
    "I want to unsubscribe",
    "stop texting this number",
    "No more texts!!",
    "Leave us alone.",
    "please stop",
    "STOP, thank you",
    "Pls stop it now",
  ])("%j asks to stop", (said) => expect(asksToStop(said)).toBe(true));
  it.each([
    "Call me tomorrow.",
    "Stop, I have to write that down",
    "The cancellation fee",
    "Please stop by at noon",
    "There is no stop at that station",
    "I will call you again",
    "",
  ])("%j does not", (said) => expect(asksToStop(said)).toBe(false));
});

/** The holidays of a state in a year, as windowOn sees them. */
function holidays(region: string, year: number): string[] {
  const rule = NARROWER.find((row) => row.region === region) ?? FEDERAL;
  const dates = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(year, 0, 1 + day)));
  return dates.flatMap((date) => {
    const text = date.toISOString().slice(0, 10);
    const { holiday } = windowOn(rule, text, date.getUTCDay());
    return holiday && text.startsWith(String(year)) ? [`${text.slice(5)} ${holiday}`] : [];
  });
}

describe("public holidays", () => {
  it("of Alabama in 2026: also on the Friday before a Saturday", () => {
    expect(holidays("US-AL", 2026)).toEqual([
      "01-01 New Year's Day",
      "01-19 Martin Luther King Day",
      "02-16 Washington's Birthday",
      "02-17 Mardi Gras",
      "04-27 Confederate Memorial Day",
      "05-25 Memorial Day",
      "06-01 Jefferson Davis' Birthday",
      "06-19 Juneteenth",
      "07-03 Independence Day (observed)",
      "07-04 Independence Day",
      "09-07 Labor Day",
      "10-12 Columbus Day",
      "11-11 Veterans Day",
      "11-26 Thanksgiving Day",
      "12-25 Christmas Day",
    ]);
  });

  it("New Year's Day of 2028, a Saturday, is kept in 2027", () => {
    expect(holidays("US-AL", 2027).at(-1)).toBe("12-31 New Year's Day (observed)");
    // Not in Rhode Island, which moves a Sunday only.
    expect(holidays("US-RI", 2027).at(-1)).toBe("12-25 Christmas Day");
    expect(holidays("US-RI", 2028)[0]).toBe("01-01 New Year's Day");
  });

  it("Christmas of 2022, a Sunday, is kept on Monday as well", () => {
    expect(holidays("US-RI", 2022).slice(-2)).toEqual(["12-25 Christmas Day", "12-26 Christmas Day (observed)"]);
  });

  it.each([
    [2024, "02-13", "03-29"],
    [2025, "03-04", "04-18"],
    [2026, "02-17", "04-03"],
    [2038, "03-09", "04-23"],
  ])("Mardi Gras and Good Friday of %i in Louisiana", (year, mardiGras, goodFriday) => {
    expect(holidays("US-LA", year)).toEqual(
      expect.arrayContaining([`${mardiGras} Mardi Gras`, `${goodFriday} Good Friday`]),
    );
  });

  it("elections are in even years", () => {
    expect(holidays("US-LA", 2026)).toContain("11-03 Election Day");
    expect(holidays("US-LA", 2027).join()).not.toContain("Election");
  });
});

it("every row of the table has its statute, and none is wider than the general rule would leave it", () => {
  for (const rule of NARROWER) {
    expect(rule.statute).not.toBe("");
    const windows = [rule.weekdays, rule.saturday, rule.sunday];
    expect(windows.some((window) => window === null || window.from > 8 * 60 || window.to < 21 * 60)).toBe(true);
  }
  expect(new Set(NARROWER.map(({ region }) => region)).size).toBe(NARROWER.length);
});
