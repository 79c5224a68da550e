import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHANNELS } from "#server/audit/vocabulary.ts";
import { chainModel, LANES, reasonOf } from "./chain-model.ts";
import { anyChain, eventAt } from "./chain-test-support.ts";

const ids = (events: { id: string }[]) => events.map(({ id }) => id);

describe("a chain", () => {
  it("has a lane for every channel that the log knows", () => {
    expect(LANES.toSorted()).toEqual(CHANNELS.toSorted());
    const model = chainModel([eventAt(0, 0, { channel: "agent" }), eventAt(1, 1), eventAt(2, 2, { channel: "agent" })]);
    expect(model.lanes).toEqual(["email", "agent"]);
  });

  it("is in order of time, and of number within a millisecond, however it comes, each event once", () => {
    fc.assert(
      fc.property(anyChain, fc.infiniteStream(fc.nat()), (events, order) => {
        const shuffled = [...events, ...events].sort(() => (order.next().value % 2 === 0 ? 1 : -1));
        const { nodes } = chainModel(shuffled);
        expect(ids(nodes)).toEqual(ids(events));
        expect(nodes.map(({ index }) => index)).toEqual(events.map((_, index) => index));
      }),
    );
  });

  it("knows causes, effects and the time between them", () => {
    const model = chainModel([
      eventAt(0, 0),
      eventAt(1, 40, { parentId: "event-0" }),
      eventAt(2, 100, { parentId: "event-0" }),
      eventAt(3, 130, { parentId: "of another chain" }),
    ]);
    const [first, second, third, fourth] = model.nodes;
    expect(ids(first?.effects ?? [])).toEqual(["event-1", "event-2"]);
    expect(third).toMatchObject({ sincePrevious: 60, sinceCause: 100 });
    expect(second?.cause).toBe(first);
    expect(fourth).toMatchObject({ cause: null, sinceCause: null, sincePrevious: 30 });
  });

  it("does not let two clocks that disagree make an effect come before its cause in words", () => {
    const { byId } = chainModel([eventAt(1, 0, { parentId: "event-0" }), eventAt(0, 5)]);
    expect(byId.get("event-1")).toMatchObject({ index: 0, sinceCause: 0 });
  });

  it("tells an answer from the arrival of the same mail at a colleague", () => {
    const { nodes } = chainModel([
      eventAt(0, 0, { direction: "OUTBOUND", agentId: "ann" }),
      eventAt(1, 10, { direction: "INBOUND", agentId: "bob", parentId: "event-0" }),
      eventAt(2, 20, { direction: "OUTBOUND", agentId: "bob", parentId: "event-1" }),
      eventAt(3, 30, { direction: "INBOUND", agentId: "ann", parentId: "event-0" }),
    ]);
    expect(nodes.map(({ isReply }) => isReply)).toEqual([false, false, false, true]);
  });

  it("counts what was refused apart from what failed", () => {
    const model = chainModel([
      eventAt(0, 0, { result: "DENIED" }),
      eventAt(1, 1, { result: "FAILURE" }),
      eventAt(2, 2, { result: "DENIED" }),
    ]);
    expect(model).toMatchObject({ refused: 2, failed: 1 });
  });
});

describe("why something was refused or failed", () => {
  it.each([
    [{ code: "AGENT_PAUSED" }, "AGENT_PAUSED"],
    [{ gate: "TCPA_QUIET_HOURS", code: "FORBIDDEN" }, "TCPA_QUIET_HOURS"],
    [{ cap: "DAILY_SPEND", limit: 100 }, "DAILY_SPEND"],
    [{ reason: "PLAN_LIMIT", tier: "FREE" }, "PLAN_LIMIT"],
    [{ requiredScope: "email:send" }, "scope email:send"],
    [{ required: "master" }, "needs master key"],
    [{ required: "key" }, "needs another kind of key"],
    [{}, "refused"],
  ])("%j", (data, reason) => expect(reasonOf({ result: "DENIED", data })).toBe(reason));

  it("a delivery that failed names the peer's answers", () => {
    expect(reasonOf({ result: "FAILURE", data: { codes: [550, null, 550, 451] } })).toBe("answer 550, 451");
    expect(reasonOf({ result: "FAILURE", data: { codes: [null] } })).toBe("failed");
    expect(reasonOf({ result: "SUCCESS", data: { code: "x" } })).toBeNull();
  });
});
