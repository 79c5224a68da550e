import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "./addresses.ts";

const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~";
const atom = fc.string({ unit: fc.constantFrom(...atext), minLength: 1, maxLength: 20 });
const localPart = fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join("."));
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const domain = fc.tuple(label, fc.stringMatching(/^[a-z]{2,10}$/)).map((labels) => labels.join("."));
const address = fc.tuple(localPart, domain).map(([local, host]) => `${local}@${host}`);

describe("parseAddress", () => {
  it.each([
    ["ada@example.com", "ada@example.com", null],
    ["  ada@example.com  ", "ada@example.com", null],
    ["<ada@example.com>", "ada@example.com", null],
    ["Ada Lovelace <ada@example.com>", "ada@example.com", "Ada Lovelace"],
    ["Ada   Lovelace<ada@example.com>", "ada@example.com", "Ada Lovelace"],
    ['"Lovelace, Ada" <ada@example.com>', "ada@example.com", "Lovelace, Ada"],
    ['"The \\"Countess\\"" <ada@example.com>', "ada@example.com", 'The "Countess"'],
    ["Zoë 🐙 <zoe@example.com>", "zoe@example.com", "Zoë 🐙"],
    ["Ada.Lovelace+Reports@EXAMPLE.Com", "Ada.Lovelace+Reports@example.com", null],
    ["ada@bücher.example", "ada@xn--bcher-kva.example", null],
    ["ada@agents.localhost", "ada@agents.localhost", null],
    ["ada@localhost", "ada@localhost", null],
  ])("takes %s", (input, expected, name) => {
    expect(parseAddress(input)).toEqual({ address: expected, name });
  });

  it.each([
    ["nothing", ""],
    ["no address", "ada"],
    ["no local part", "@example.com"],
    ["no domain", "ada@"],
    ["two at signs", "ada@example.com@evil.example"],
    ["two addresses", "ada@example.com, eve@evil.example"],
    ["two addresses, one named", "ada@example.com, Eve <eve@evil.example>"],
    ["two in brackets", "<ada@example.com> <eve@evil.example>"],
    ["a semicolon list", "ada@example.com;eve@evil.example"],
    ["a group", "Friends: ada@example.com;"],
    ["a comment", "ada@example.com (Ada)"],
    ["an address as unquoted name", "ada@example.com <eve@evil.example>"],
    ["a quote that does not close", '"Ada <ada@example.com>'],
    ["a name after the address", "<ada@example.com> Ada"],
    ["a line break", "ada@example.com\r\nBcc: eve@evil.example"],
    ["a line break in the name", "Ada\nBcc: <ada@example.com>"],
    ["a NUL", "ada\0@example.com"],
    ["a name that turns the reading direction", "Ada\u202e <ada@example.com>"],
    ["half a surrogate pair", "Ada \ud800 <ada@example.com>"],
    ["a space in the local part", "ada lovelace@example.com"],
    ["a quoted local part", '"ada lovelace"@example.com'],
    ["a dot at the start", ".ada@example.com"],
    ["two dots in a row", "ada..lovelace@example.com"],
    ["a local part outside ASCII", "zoë@example.com"],
    ["an address literal", "ada@[10.0.0.1]"],
    ["a bare IP address", "ada@10.0.0.1"],
    ["an IP address in wide digits", "ada@１２７.１"],
    ["a host without a dot", "ada@intranet"],
    ["an underscore in the domain", "ada@my_host.example"],
    ["a label that starts with a hyphen", "ada@-host.example"],
    ["an empty label", "ada@host..example"],
    ["a label of 64 octets", `ada@${"a".repeat(64)}.example`],
    ["a local part of 65 octets", `${"a".repeat(65)}@example.com`],
    ["an address of 255 octets", `${"a".repeat(64)}@${`${"b".repeat(45)}.`.repeat(4)}example`.padEnd(255, "e")],
  ])("refuses %s", (_what, input) => {
    expect(parseAddress(input)).toBeNull();
  });

  it("takes an address of exactly 254 octets", () => {
    const longest = `${"a".repeat(64)}@${`${"b".repeat(45)}.`.repeat(4)}`.padEnd(254, "e");
    expect(longest).toHaveLength(254);
    expect(parseAddress(longest)?.address).toBe(longest);
  });

  it("reads back every plain and named form of a valid address", () => {
    const word = fc.stringMatching(/^[A-Za-zÀ-ž]{1,12}$/);
    fc.assert(
      fc.property(address, word, (valid, name) => {
        expect(parseAddress(valid)).toEqual({ address: valid, name: null });
        expect(parseAddress(`${name} <${valid}>`)).toEqual({ address: valid, name });
        expect(parseAddress(`"${name}, ${name}" <${valid}>`)).toEqual({ address: valid, name: `${name}, ${name}` });
      }),
    );
  });

  it("gives one clean address or null, whatever comes in", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.oneof(address, fc.constantFrom(",", ";", "<", ">", '"', "\r\n", " ", "@", "(", ":", "\\")))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const parsed = parseAddress(input);
        if (parsed === null) return;
        expect(parsed.address).toMatch(/^[^\s"(),:;<>@[\\\]]+@[a-z0-9.-]+$/);
        expect(parsed.address.length).toBeLessThanOrEqual(254);
        expect(parsed.name ?? "").not.toMatch(/\p{Cc}/u);
        expect(parseAddress(parsed.address)).toEqual({ address: parsed.address, name: null });
      }),
      { numRuns: 1_000 },
    );
  });
});
