import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { codeIn, dataOf, type Joined, type Office, openOffice, refusal } from "../../test/support/office.ts";
import { signInCodeOf } from "../domain/console/sign-in-code.ts";
import { SoftAuthenticator } from "../domain/people/test-support.ts";

const ORIGIN = "https://anima.example";
const PASSWORD = "correct horse battery";

let office: Office;
let master: string;
let serial = 0;
/** A new member, and an address from which nobody has tried yet. */
let person: Joined;
let address: string;
beforeAll(async () => {
  office = await openOffice();
  const { masterKey } = await office.app.organisation();
  master = await office.browser.signIn(masterKey);
});
afterAll(() => office.close());
beforeEach(async () => {
  serial++;
  address = `192.0.2.${serial}`;
  person = await office.join(master, `person-${serial}@people.test`, "ADMIN");
});

const mutate = (path: string, input: unknown, who: { cookie?: string | null } = {}) =>
  office.browser.mutate(path, input, { address, ...who });
const withPassword = (password: string, from = address, cookie: string | null = null) =>
  office.browser.mutate("session.signInWithPassword", { email: person.email, password }, { address: from, cookie });
const profile = (who: { cookie: string }) => dataOf(office.browser.query("account.profile", {}, who));
const isOpen = async (cookie: string | null) =>
  (await office.browser.query("session.current", {}, { cookie })).status === 200;
const log = async (event: string) =>
  (await dataOf(office.browser.query("events.list", { event, limit: 100 }, { cookie: master }))).items.filter(
    (one: { resourceId: string }) => one.resourceId === person.memberId,
  );

async function addPasskey(device = new SoftAuthenticator(ORIGIN), who: { cookie: string } = person) {
  const { ticket, options } = await dataOf(mutate("account.beginPasskey", {}, who));
  const added = await mutate("account.addPasskey", { ticket, name: "Laptop", answer: device.create(options) }, who);
  return { device, added };
}

async function askForCode(email = person.email): Promise<{ codeId: string; code: string }> {
  const { codeId } = await dataOf(mutate("session.requestCode", { email }));
  return { codeId, code: codeIn(await office.mailTo(email, "mail-sign-in-code")) };
}

describe("a password", () => {
  beforeEach(() => dataOf(mutate("account.setPassword", { password: PASSWORD }, person)));

  test("opens the console, is stored as an argon2id hash only, and its change ends the other sessions", async () => {
    const { status, cookie } = await withPassword(PASSWORD);
    expect(status).toBe(200);
    expect(await dataOf(office.browser.query("session.current", {}, { cookie }))).toMatchObject({ role: "ADMIN" });
    const { passwordHash } = await office.app.runtime.db.prisma.person.findUniqueOrThrow({
      where: { email: person.email },
    });
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);

    await dataOf(mutate("account.setPassword", { current: PASSWORD, password: "another horse entirely" }, { cookie }));
    expect(await isOpen(cookie)).toBe(true);
    expect(await isOpen(person.cookie)).toBe(false);
    expect(await refusal(withPassword(PASSWORD))).toEqual([401, "UNAUTHORIZED"]);
    expect(await log("console.password.changed")).toHaveLength(2);
    expect(JSON.stringify(await log("console.session.refused"))).not.toContain(PASSWORD);
  });

  test("whose hash is weaker than a new one would be is hashed anew when it is used", async () => {
    const { prisma } = office.app.runtime.db;
    const where = { email: person.email };
    const weak = await weakHash(PASSWORD);
    await prisma.person.update({ where, data: { passwordHash: weak } });
    expect((await withPassword(PASSWORD)).status).toBe(200);
    expect((await prisma.person.findUniqueOrThrow({ where })).passwordHash).toContain("m=19456,t=2,p=1");
    expect((await withPassword(PASSWORD)).status).toBe(200);
  });

  test("that is wrong, of nobody, or of somebody without one, gets one and the same answer in the same time", async () => {
    const bare = await office.join(master, `bare-${serial}@people.test`, "VIEWER");
    const answers = [];
    for (const email of [person.email, "nobody@people.test", bare.email]) {
      const start = performance.now();
      const { status, body } = await mutate("session.signInWithPassword", { email, password: "not the password" });
      const { code, detail, details } = body.error.data.error;
      answers.push({ status, code, detail, details, slow: performance.now() - start >= 290 });
    }
    expect(answers[0]).toMatchObject({ status: 401, code: "UNAUTHORIZED", slow: true });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(await log("console.session.refused")).toMatchObject([
      { result: "DENIED", actorId: "anonymous", data: { reason: "WRONG_PASSWORD", address } },
    ]);
  });

  test("that is too short, too plain or the address itself is refused, and so is a wrong current one", async () => {
    for (const password of ["short", "aaaaaaaaaaaaaaaaaaaaa", `${person.email}!`]) {
      const { body } = await mutate("account.setPassword", { password }, person);
      expect(body.error.data.error.details.fields[0].field, password).toBe("password");
    }
    const wrong = await mutate("account.setPassword", { current: "guessed it", password: "long enough, this" }, person);
    expect(wrong.body.error.data.error.details.fields[0].field).toBe("current");
  });

  test("can be guessed ten times from one address; its person still gets in, there and from elsewhere", async () => {
    const known = await withPassword(PASSWORD, "192.0.2.250");
    const guess = () => refusal(withPassword("a guess of many", address));
    for (let time = 0; time < 10; time++) expect(await guess()).toEqual([401, "UNAUTHORIZED"]);
    expect(await guess()).toEqual([429, "RATE_LIMIT"]);
    expect(await refusal(withPassword(PASSWORD))).toEqual([429, "RATE_LIMIT"]);
    // Other spellings of the address are the same account.
    const email = `<${person.email.toUpperCase()}>`;
    expect(await refusal(mutate("session.signInWithPassword", { email, password: PASSWORD }))).toEqual([
      429,
      "RATE_LIMIT",
    ]);
    expect((await withPassword(PASSWORD, "192.0.2.251")).status).toBe(200);
    expect((await withPassword(PASSWORD, address, known.cookie)).status).toBe(200);
    const { codeId, code } = await askForCode();
    expect((await mutate("session.signInWithCode", { codeId, code })).status).toBe(200);
  });

  test("that strangers everywhere guess at stays good in a browser that was signed in before", async () => {
    const { cookie } = await withPassword(PASSWORD);
    // 50 guesses of an hour, as many addresses make them.
    const account = createHash("sha256").update(person.email).digest("base64url");
    for (let time = 0; time < 50; time++)
      await office.app.runtime.rateLimits.take("password-account", account, 50, 3_600);
    expect(await refusal(withPassword(PASSWORD, "192.0.2.240"))).toEqual([429, "RATE_LIMIT"]);
    expect((await withPassword(PASSWORD, "192.0.2.240", cookie)).status).toBe(200);
    const forged = cookie?.replace(/(browser=[\w-]{42})./, "$1_") ?? null;
    expect(await refusal(withPassword(PASSWORD, "192.0.2.240", forged))).toEqual([429, "RATE_LIMIT"]);
  });
});

/** A hash with parameters that were good once. */
async function weakHash(password: string): Promise<string> {
  const { argon2Sync } = await import("node:crypto");
  const nonce = Buffer.from("0123456789abcdef");
  const hash = argon2Sync("argon2id", {
    message: password,
    nonce,
    parallelism: 1,
    tagLength: 32,
    memory: 4_096,
    passes: 1,
  });
  const text = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=4096,t=1,p=1$${text(nonce)}$${text(hash)}`;
}

describe("a code by mail", () => {
  test("opens the console once, and stands in no table and no job", async () => {
    const { codeId, code } = await askForCode();
    const { pool } = office.app.runtime.db;
    const { rows } = await pool.query(
      "SELECT c::text AS row FROM sign_in_code c UNION ALL SELECT payload::text FROM graphile_worker._private_jobs",
    );
    expect(JSON.stringify(rows)).not.toContain(code.replace(" ", ""));
    const first = await mutate("session.signInWithCode", { codeId, code: ` ${code}\n` });
    expect(await isOpen(first.cookie)).toBe(true);
    expect(await refusal(mutate("session.signInWithCode", { codeId, code }))).toEqual([401, "UNAUTHORIZED"]);
    expect(await log("console.code.mailed")).toHaveLength(1);
  });

  test("of nobody is asked for like any other, and nothing is mailed", async () => {
    const { codeId } = await dataOf(mutate("session.requestCode", { email: "nobody@people.test" }));
    expect(codeId).toMatch(/^[0-9A-Z]{26}$/);
    await expect(office.mailTo("nobody@people.test", "mail-sign-in-code")).rejects.toThrow("there is no mail");
    // Not even the right one opens anything.
    const code = signInCodeOf(office.app.runtime.rootKey, codeId);
    expect(await refusal(mutate("session.signInWithCode", { codeId, code }))).toEqual([401, "UNAUTHORIZED"]);
  });

  test("dies after five tries, however many come at once, and after ten minutes", async () => {
    const { codeId, code } = await askForCode();
    const wrong = code.startsWith("0") ? "11111111" : "00000000";
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => mutate("session.signInWithCode", { codeId, code: wrong })));
    expect(await refusal(mutate("session.signInWithCode", { codeId, code }))).toEqual([401, "UNAUTHORIZED"]);
    expect(await log("console.session.refused")).toHaveLength(5);

    const late = await askForCode();
    office.app.clock.advanceSeconds(600);
    expect(await refusal(mutate("session.signInWithCode", late))).toEqual([401, "UNAUTHORIZED"]);
  });

  test("is mailed five times an hour at most from one address", async () => {
    for (let time = 0; time < 5; time++) await dataOf(mutate("session.requestCode", { email: person.email }));
    expect(await refusal(mutate("session.requestCode", { email: person.email }))).toEqual([429, "RATE_LIMIT"]);
  });

  test.each(["1234567", "abcdefgh", ""])("must have eight digits: %j", async (code) => {
    const { status, body } = await mutate("session.signInWithCode", { codeId: "01ARZ3NDEKTSV4RRFFQ69G5FAV", code });
    expect([status, body.error.data.error.details.fields[0].field]).toEqual([400, "code"]);
  });
});

describe("a passkey", () => {
  test("opens the console alone, and its answer only once", async () => {
    const { device } = await addPasskey();
    const { ticket, options } = await dataOf(mutate("session.beginPasskey", {}));
    const answer = device.get(options);
    const { cookie } = await mutate("session.signInWithPasskey", { ticket, answer });
    expect(await isOpen(cookie)).toBe(true);
    expect(await refusal(mutate("session.signInWithPasskey", { ticket, answer }))).toEqual([401, "UNAUTHORIZED"]);
    const another = await dataOf(mutate("session.beginPasskey", {}));
    expect(await refusal(mutate("session.signInWithPasskey", { ticket: another.ticket, answer }))).toEqual([
      401,
      "UNAUTHORIZED",
    ]);
    expect((await profile({ cookie: cookie ?? "" })).passkeys).toMatchObject([{ name: "Laptop" }]);
    expect(await log("console.passkey.added")).toHaveLength(1);
  });

  test("of another site, or of nobody here, opens nothing", async () => {
    const evil = new SoftAuthenticator("https://evil.example");
    expect(await refusal(addPasskey(evil).then(({ added }) => added))).toEqual([401, "UNAUTHORIZED"]);
    const { ticket, options } = await dataOf(mutate("session.beginPasskey", {}));
    const answer = new SoftAuthenticator(ORIGIN).get(options);
    expect(await refusal(mutate("session.signInWithPasskey", { ticket, answer }))).toEqual([401, "UNAUTHORIZED"]);
  });

  test("as the second factor is asked for after password and code, and nobody else's will do", async () => {
    await dataOf(mutate("account.setPassword", { password: PASSWORD }, person));
    expect(await refusal(mutate("account.setSecondFactor", { enabled: true }, person))).toEqual([409, "CONFLICT"]);
    const { device } = await addPasskey();
    await dataOf(mutate("account.setSecondFactor", { enabled: true }, person));

    const first = await withPassword(PASSWORD);
    expect(first.cookie).toBeNull();
    const { step, ticket, options } = first.body.result.data;
    expect(step).toBe("second-factor");
    expect(options.allowCredentials).toHaveLength(1);

    const thief = await office.join(master, `thief-${serial}@people.test`, "VIEWER");
    const { device: thiefs } = await addPasskey(new SoftAuthenticator(ORIGIN), thief);
    expect(await refusal(mutate("session.signInWithPasskey", { ticket, answer: thiefs.get(options) }))).toEqual([
      401,
      "UNAUTHORIZED",
    ]);
    expect((await log("console.session.refused"))[0]).toMatchObject({ data: { reason: "WRONG_PASSKEY" } });

    const again = (await withPassword(PASSWORD)).body.result.data;
    const through = await mutate("session.signInWithPasskey", {
      ticket: again.ticket,
      answer: device.get(again.options),
    });
    expect(await isOpen(through.cookie)).toBe(true);
    const code = await askForCode();
    expect((await dataOf(mutate("session.signInWithCode", code))).step).toBe("second-factor");

    const [{ id }] = (await profile(person)).passkeys;
    expect(await refusal(mutate("account.removePasskey", { id }, person))).toEqual([409, "CONFLICT"]);
    await dataOf(mutate("account.setSecondFactor", { enabled: false }, person));
    expect(await refusal(mutate("account.removePasskey", { id }, thief))).toEqual([404, "NOT_FOUND"]);
    await dataOf(mutate("account.removePasskey", { id }, person));
    expect(await log("console.passkey.removed")).toHaveLength(1);
  });

  test("and a password are changed only by somebody who signed in within half an hour", async () => {
    office.app.clock.advanceSeconds(31 * 60);
    for (const [path, input] of [
      ["account.beginPasskey", {}],
      ["account.setPassword", { password: PASSWORD }],
      ["account.setSecondFactor", { enabled: true }],
    ] as const) {
      const { body } = await mutate(path, input, person);
      expect(body.error.data.error, path).toMatchObject({ code: "FORBIDDEN", details: { reason: "SIGN_IN_AGAIN" } });
    }
    expect((await profile(person)).fresh).toBe(false);
  });
});

describe("sessions", () => {
  const sessions = async (who: { cookie: string }) =>
    (await dataOf(office.browser.query("account.sessions", {}, who))).items;

  test("are listed with device, address and method, and end one by one or all but one's own", async () => {
    const chrome =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const codes = [await askForCode(), await askForCode(), await askForCode()];
    const cookies: string[] = [];
    for (const code of codes) {
      const options = { address, headers: { "user-agent": chrome } };
      cookies.push((await office.browser.mutate("session.signInWithCode", code, options)).cookie ?? "");
    }
    const mine = await sessions(person);
    expect(mine).toHaveLength(4);
    const [one] = mine.filter((session: { isCurrent: boolean }) => !session.isCurrent);
    expect(one).toMatchObject({ device: "Chrome on Linux", address, method: "code", who: person.email, isOwn: true });

    await dataOf(mutate("account.revokeSession", { id: one.id }, person));
    expect(await refusal(mutate("account.revokeSession", { id: one.id }, person))).toEqual([404, "NOT_FOUND"]);
    expect((await Promise.all(cookies.map(isOpen))).filter(Boolean)).toHaveLength(2);
    expect(await dataOf(mutate("account.revokeOtherSessions", {}, person))).toEqual({ ended: 2 });
    expect((await Promise.all(cookies.map(isOpen))).filter(Boolean)).toHaveLength(0);
    expect(await isOpen(person.cookie)).toBe(true);
  });

  test("of others are seen and ended by owners only", async () => {
    const other = await office.join(master, `other-${serial}@people.test`, "VIEWER");
    const [theirs] = await sessions(other);
    expect((await sessions(person)).map((session: { who: string }) => session.who)).toEqual([person.email]);
    expect(await refusal(mutate("account.revokeSession", { id: theirs.id }, person))).toEqual([403, "FORBIDDEN"]);
    const all = await sessions({ cookie: master });
    expect(all.some((session: { id: string; isOwn: boolean }) => session.id === theirs.id && !session.isOwn)).toBe(
      true,
    );
    await dataOf(mutate("account.revokeSession", { id: theirs.id }, { cookie: master }));
    expect(await isOpen(other.cookie)).toBe(false);
  });

  test("of members outlive the master key, those that it opened do not", async () => {
    const { masterKey, orgId } = await office.app.organisation();
    const [one, two] = [await office.browser.signIn(masterKey), await office.browser.signIn(masterKey)];
    const member = await office.join(one, `stays-${serial}@people.test`, "OWNER");
    const before = await dataOf(office.browser.query("organization.previewRotation", {}, member));
    expect(before).toMatchObject({
      sessionsEnding: 2,
      otherMasterKeys: [],
      primary: { prefix: masterKey.slice(0, 11) },
    });
    const { masterKey: next } = await dataOf(mutate("organization.rotateMasterKey", { id: orgId }, member));
    expect([await isOpen(one), await isOpen(two), await isOpen(member.cookie)]).toEqual([false, false, true]);
    expect((await office.app.call("GET", "/v1/orgs/me", { key: next })).status).toBe(200);
  });
});
