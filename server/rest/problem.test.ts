import { describe, expect, it } from "vitest";
import { DomainError, ERRORS, type ErrorCode } from "#server/domain/errors.ts";
import { toDomainError, toProblem } from "./problem.ts";

const codes = Object.keys(ERRORS) as ErrorCode[];

describe("a problem", () => {
  it.each(codes)("of %s has its status and its page", (code) => {
    const error = new DomainError(code, "What is wrong.", { details: { field: "a" }, cause: new Error("secret") });
    const problem = toProblem(error, { path: "/v1/a", requestId: "req_1", docsUrl: "https://docs.test" });
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^https:\/\/docs\.test\/[a-z-]+$/),
      status: ERRORS[code].status,
      detail: "What is wrong.",
      error: { code, message: "What is wrong.", details: { field: "a" } },
    });
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  it("has a page of its own for each code", () => {
    const pages = codes.map(
      (code) => toProblem(new DomainError(code, "a"), { path: "", requestId: "", docsUrl: "" }).type,
    );
    expect(new Set(pages).size).toBe(codes.length);
  });
});

describe("what is thrown", () => {
  const withCode = (code: string) => Object.assign(new Error("secret"), { code });

  it.each<[string, unknown]>([
    ["a connection that is refused", withCode("ECONNREFUSED")],
    ["a database that shuts down", withCode("57P01")],
    ["one that it caused", new Error("a", { cause: new Error("b", { cause: withCode("57P03") }) })],
    ["a full pool", new Error("timeout exceeded when trying to connect")],
    ["a lost connection", new Error("Connection terminated unexpectedly")],
    ["a lock that was not free in time", withCode("55P03")],
    [
      "what Prisma makes of it",
      Object.assign(withCode("P2010"), { meta: { driverAdapterError: { cause: { originalCode: "57P01" } } } }),
    ],
  ])("is SERVICE_UNAVAILABLE and can be tried again: %s", (_what, thrown) => {
    const error = toDomainError(thrown);
    expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE", headers: { "retry-after": "1" } });
    expect(error.message).not.toContain("secret");
  });

  it.each<[string, unknown]>([
    ["an error", new Error("secret")],
    ["a broken constraint", withCode("23505")],
    ["text", "secret"],
    ["nothing", undefined],
  ])("is INTERNAL_ERROR, and nothing of it is shown: %s", (_what, thrown) => {
    const error = toDomainError(thrown);
    expect(error).toMatchObject({ code: "INTERNAL_ERROR", details: {}, cause: thrown });
    expect(error.message).not.toContain("secret");
  });

  it("is itself where it is ours", () => {
    const error = new DomainError("CONFLICT", "a");
    expect(toDomainError(error)).toBe(error);
  });
});
