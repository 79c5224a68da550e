import { afterAll, beforeAll, expect, test } from "vitest";
import { codeIn, dataOf, type Joined, linkToken, type Office, openOffice, refusal } from "../../test/support/office.ts";
import { consoleOf } from "./test-support.ts";

let office: Office;
let master: string;
let orgId: string;
beforeAll(async () => {
  office = await openOffice();
  const made = await office.app.organisation();
  orgId = made.orgId;
  master = await office.browser.signIn(made.masterKey);
});
afterAll(() => office.close());

const asMaster = () => ({ cookie: master });
const mutate = (path: string, input: unknown, who: { cookie: string }) => office.browser.mutate(path, input, who);
const events = async (event: string) =>
  (await dataOf(office.browser.query("events.list", { event, limit: 50 }, asMaster()))).items;
const current = (who: { cookie: string }) => office.browser.query("session.current", {}, who);

test("an invitation is mailed with a link that makes a member, once", async () => {
  await dataOf(mutate("members.invite", { email: "Kim@People.Test", role: "ADMIN" }, asMaster()));
  const text = await office.mailTo("kim@people.test", "mail-invitation");
  expect(text).toContain("as an admin");
  const token = linkToken(text);

  const { rows } = await office.app.runtime.db.pool.query("SELECT invitation::text AS row FROM invitation");
  expect(JSON.stringify(rows)).not.toContain(token);
  const jobs = await office.app.runtime.db.pool.query("SELECT payload::text FROM graphile_worker._private_jobs");
  expect(JSON.stringify(jobs.rows)).not.toContain(token);

  const both = await Promise.all(
    [1, 2].map(() => office.browser.mutate("session.acceptInvitation", { token, name: "Kim" })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  const cookie = both.find(({ status }) => status === 200)?.cookie ?? "";
  expect(await dataOf(current({ cookie }))).toMatchObject({
    orgId,
    role: "ADMIN",
    person: { email: "kim@people.test", name: "Kim" },
  });
  expect((await events("org.member.joined"))[0]).toMatchObject({
    data: { role: "ADMIN" },
    detail: "kim@people.test as ADMIN",
  });
  expect(await events("org.invitation.mailed")).toMatchObject([{ result: "SUCCESS", direction: "OUTBOUND" }]);
  expect(await refusal(mutate("members.invite", { email: "kim@people.test", role: "VIEWER" }, asMaster()))).toEqual([
    409,
    "CONFLICT",
  ]);
});

test("sent again, only the newest link works; revoked or after seven days, none does", async () => {
  const accept = (token: string) => refusal(office.browser.mutate("session.acceptInvitation", { token }));
  const { invitation } = await dataOf(
    mutate("members.invite", { email: "lee@people.test", role: "VIEWER" }, asMaster()),
  );
  const first = linkToken(await office.mailTo("lee@people.test", "mail-invitation"));
  await dataOf(mutate("members.resend", { id: invitation.id }, asMaster()));
  const second = linkToken(await office.mailTo("lee@people.test", "mail-invitation"));
  expect(second).not.toBe(first);
  expect(await accept(first)).toEqual([401, "UNAUTHORIZED"]);
  expect(await refusal(mutate("members.invite", { email: "lee@people.test", role: "ADMIN" }, asMaster()))).toEqual([
    409,
    "CONFLICT",
  ]);
  await dataOf(mutate("members.revokeInvitation", { id: invitation.id }, asMaster()));
  expect(await accept(second)).toEqual([401, "UNAUTHORIZED"]);
  expect(await events("org.invitation.revoked")).toHaveLength(1);
  expect(await refusal(mutate("members.resend", { id: invitation.id }, asMaster()))).toEqual([404, "NOT_FOUND"]);

  const other = await office.app.organisation();
  const stranger = { cookie: await office.browser.signIn(other.masterKey) };
  await dataOf(mutate("members.invite", { email: "max@people.test", role: "VIEWER" }, asMaster()));
  const [open] = (await dataOf(office.browser.query("members.invitations", {}, asMaster()))).items;
  expect(await refusal(mutate("members.revokeInvitation", { id: open.id }, stranger))).toEqual([404, "NOT_FOUND"]);
  const late = linkToken(await office.mailTo("max@people.test", "mail-invitation"));
  office.app.clock.advanceSeconds(7 * 24 * 3_600);
  expect(await accept(late)).toEqual([401, "UNAUTHORIZED"]);
  master = await office.browser.signIn((await newMasterKey()).masterKey);
});

// The clock has moved past what a session lasts without use, and the key itself is known to the first test only.
const newMasterKey = async () => {
  const made = await office.app.organisation();
  orgId = made.orgId;
  return made;
};

test.each([
  ["not an address", "email"],
  ["bot@agents.test", "email"],
])("%s cannot be invited", async (email, field) => {
  const { status, body } = await mutate("members.invite", { email, role: "VIEWER" }, asMaster());
  expect(status).toBe(400);
  expect(body.error.data.error.details.fields[0].field).toBe(field);
});

test("a role holds from the next request on, and a removed member is out at once, stream and all", async () => {
  const [one, two] = [
    await office.join(master, "one@people.test", "OWNER"),
    await office.join(master, "two@people.test", "ADMIN"),
  ];
  await dataOf(mutate("members.changeRole", { id: two.memberId, role: "VIEWER" }, one));
  expect(await refusal(mutate("agents.create", { name: "No longer" }, two))).toEqual([403, "FORBIDDEN"]);
  expect((await events("org.member.role_changed"))[0]).toMatchObject({
    data: { from: "ADMIN", to: "VIEWER" },
    actorId: one.memberId,
    detail: "two@people.test: ADMIN to VIEWER",
  });
  await dataOf(mutate("members.remove", { id: two.memberId }, one));
  expect((await current(two)).status).toBe(401);
  expect(await office.app.runtime.db.prisma.person.count({ where: { email: two.email } })).toBe(0);
  const list = (await dataOf(office.browser.query("members.list", {}, one))).items;
  expect(list.map((member: { email: string }) => member.email)).toEqual(["one@people.test"]);
});

test("the master key lists its members over REST, in pages; an agent's key and another organisation's do not", async () => {
  const { app } = office;
  const made = await app.organisation();
  const cookie = await office.browser.signIn(made.masterKey);
  await office.join(cookie, "ada@people.test", "OWNER");
  await office.join(cookie, "ben@people.test", "VIEWER");
  type Members = { items: { email: string; role: string }[]; pagination: { nextCursor: string | null } };
  const list = (key: string, query = "") => app.call<Members>("GET", `/v1/orgs/${made.orgId}/members${query}`, { key });
  const first = await list(made.masterKey, "?limit=1");
  expect(first.body.items).toMatchObject([{ email: "ada@people.test", role: "OWNER", secondFactor: false }]);
  const second = await list(made.masterKey, `?cursor=${first.body.pagination.nextCursor}`);
  expect(second.body).toMatchObject({
    items: [{ email: "ben@people.test", role: "VIEWER" }],
    pagination: { hasMore: false },
  });
  expect((await list((await app.agent(made.masterKey)).key)).status).toBe(403);
  expect((await list((await app.organisation()).masterKey)).status).toBe(404);
});

test("members cannot take away their last owner, whoever holds the master key can", async () => {
  const last = (await dataOf(office.browser.query("members.list", {}, asMaster()))).items[0];
  const other = await office.join(master, "three@people.test", "OWNER");
  // Two owners who remove each other at the same instant leave one of them.
  const one = { cookie: await signedInAs("one@people.test") };
  const outcomes = await Promise.all([
    mutate("members.remove", { id: other.memberId }, one),
    mutate("members.remove", { id: last.id }, other),
  ]);
  expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
  const [left] = (await dataOf(office.browser.query("members.list", {}, asMaster()))).items;
  const survivor = left.id === last.id ? one : other;
  expect(await refusal(mutate("members.remove", { id: left.id }, survivor))).toEqual([409, "CONFLICT"]);
  expect(await refusal(mutate("members.changeRole", { id: left.id, role: "ADMIN" }, survivor))).toEqual([
    409,
    "CONFLICT",
  ]);
  await dataOf(mutate("members.remove", { id: left.id }, asMaster()));
  expect((await current(survivor)).status).toBe(401);
});

async function signedInAs(email: string): Promise<string> {
  const { codeId } = await dataOf(office.browser.mutate("session.requestCode", { email }));
  const code = codeIn(await office.mailTo(email, "mail-sign-in-code"));
  return (await office.browser.mutate("session.signInWithCode", { codeId, code })).cookie ?? "";
}

test("somebody in two organisations chooses one at the sign-in, and can switch", async () => {
  const second = await office.app.organisation();
  const secondMaster = await office.browser.signIn(second.masterKey);
  await office.join(master, "both@people.test", "ADMIN");
  const invited = { email: "both@people.test", role: "VIEWER" };
  await dataOf(mutate("members.invite", invited, { cookie: secondMaster }));
  const token = linkToken(await office.mailTo("both@people.test", "mail-invitation"));
  const accepted = await dataOf(office.browser.mutate("session.acceptInvitation", { token }));
  expect(accepted.organisations.map((one: { role: string }) => one.role)).toEqual(["ADMIN", "VIEWER"]);
  const choice = { ticket: accepted.ticket, orgId: second.orgId };
  expect(
    await refusal(
      office.browser.mutate("session.chooseOrganisation", { ...choice, orgId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
    ),
  ).toEqual([404, "NOT_FOUND"]);
  const chosen = await office.browser.mutate("session.chooseOrganisation", choice);
  const there = { cookie: chosen.cookie ?? "" };
  expect(await dataOf(current(there))).toMatchObject({ orgId: second.orgId, role: "VIEWER" });
  expect(await refusal(office.browser.mutate("session.chooseOrganisation", choice))).toEqual([401, "UNAUTHORIZED"]);

  const switched = await mutate("session.switchOrganisation", { orgId }, there);
  expect(await dataOf(current({ cookie: switched.cookie ?? "" }))).toMatchObject({ orgId, role: "ADMIN" });
  expect((await current(there)).status).toBe(401);
  expect(await refusal(mutate("session.switchOrganisation", { orgId: second.orgId }, asMaster()))).toEqual([
    403,
    "FORBIDDEN",
  ]);
});

test("without a relay the console shows the link once, and it opens no account that is somebody else's", async () => {
  const local = await openOffice({ SMTP_RELAY_URL: "" });
  try {
    const browser = consoleOf(local.app);
    const [mine, theirs] = [await local.app.organisation(), await local.app.organisation()];
    const invite = async (masterKey: string) => {
      const cookie = await browser.signIn(masterKey);
      return dataOf(browser.mutate("members.invite", { email: "pat@people.test", role: "ADMIN" }, { cookie }));
    };
    const { link, invitation } = await invite(mine.masterKey);
    expect(link).toMatch(/^https:\/\/anima\.example\/invite\/[\w-]{43}$/);
    expect(invitation.delivery).toBe("LINK");
    const joined = await browser.mutate("session.acceptInvitation", { token: linkToken(link), name: "Pat" });
    expect(joined.status).toBe(200);

    // Whoever invites in another organisation has the link too; it must not make them Pat.
    const token = linkToken((await invite(theirs.masterKey)).link);
    const stranger = await browser.mutate("session.acceptInvitation", { token });
    expect(stranger.body.error.data.error).toMatchObject({ code: "FORBIDDEN", details: { reason: "SIGN_IN_FIRST" } });
    const pat = await browser.mutate("session.acceptInvitation", { token }, { cookie: joined.cookie });
    expect(pat.body.result.data.organisations).toHaveLength(2);
    expect(await refusal(browser.mutate("session.requestCode", { email: "pat@people.test" }))).toEqual([
      409,
      "CONFLICT",
    ]);
  } finally {
    await local.close();
  }
});

test("what was set before an address was proven no longer opens it once its holder proves it", async () => {
  // An organisation took the address in advance, by a link passed on by hand.
  const { prisma } = office.app.runtime.db;
  const squatter: Joined = await office.join(master, "nia@people.test", "VIEWER");
  await prisma.person.update({ where: { email: squatter.email }, data: { emailVerifiedAt: null } });
  const password = "a password of the squatter";
  await dataOf(mutate("account.setPassword", { password }, squatter));
  const tryPassword = () => office.browser.mutate("session.signInWithPassword", { email: squatter.email, password });
  expect((await tryPassword()).status).toBe(200);

  const holder = await signedInAs("nia@people.test");
  expect((await current({ cookie: holder })).status).toBe(200);
  expect((await current(squatter)).status).toBe(401);
  expect(await refusal(tryPassword())).toEqual([401, "UNAUTHORIZED"]);
  expect((await events("console.account.reset"))[0]).toMatchObject({ data: { password: true, passkeys: 0 } });
});
