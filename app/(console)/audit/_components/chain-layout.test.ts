import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import {
  BREAK_AFTER_MS,
  type ChainLayout,
  type Edge,
  layoutChain,
  NODE_GAP,
  NODE_HEIGHT,
  NODE_WIDTH,
} from "./chain-layout.ts";
import { chainModel } from "./chain-model.ts";
import { anyChain, eventAt } from "./chain-test-support.ts";
import { walk } from "./chain-walk.ts";

const layout = (events: AuditEvent[]) => layoutChain(chainModel(events));

/** Checks something of every chain. */
function always(check: (drawn: ChainLayout, events: AuditEvent[]) => void): void {
  fc.assert(fc.property(anyChain, (events) => check(layout(events), events)));
}

describe("the layout", () => {
  it("places every event once, in its channel's lane", () =>
    always((drawn, events) => {
      expect(drawn.placed.map(({ node }) => node.id)).toEqual(events.map(({ id }) => id));
      for (const { node, lane, y } of drawn.placed) {
        const band = drawn.lanes[lane];
        expect(band?.channel).toBe(node.event.channel);
        expect(y).toBeGreaterThanOrEqual(band?.top ?? Number.NaN);
        expect(y + NODE_HEIGHT).toBeLessThanOrEqual((band?.top ?? 0) + (band?.height ?? 0));
      }
    }));

  it("keeps the order: what is later stands further right", () =>
    always(({ placed, width }) => {
      for (const [index, { x }] of placed.entries()) {
        expect(x).toBeGreaterThan(placed[index - 1]?.x ?? -1);
        expect(x + NODE_WIDTH).toBeLessThanOrEqual(width);
      }
    }));

  it("lets no two events of a lane overlap", () =>
    always(({ placed, lanes }) => {
      for (const lane of lanes.keys()) {
        const inLane = placed.filter((each) => each.lane === lane);
        for (const [index, { x }] of inLane.entries()) {
          const before = inLane[index - 1];
          if (before) expect(x - before.x).toBeGreaterThanOrEqual(NODE_WIDTH + NODE_GAP - 1e-9);
        }
      }
    }));

  it("lets no two lanes overlap", () =>
    always(({ lanes, height }) => {
      let top = 0;
      for (const lane of lanes) {
        expect(lane.top).toBe(top);
        top += lane.height;
      }
      expect(height).toBe(top);
    }));

  it("cuts every long pause short, says how long it was, and draws nothing in its band", () =>
    always(({ placed, breaks }) => {
      const long = placed.flatMap(({ node }) =>
        (node.sincePrevious ?? 0) >= BREAK_AFTER_MS ? [node.sincePrevious] : [],
      );
      expect(breaks.map(({ ms }) => ms)).toEqual(long);
      for (const { x, width } of breaks) {
        const inside = placed.filter((each) => each.x < x + width && each.x + NODE_WIDTH > x);
        expect(inside).toEqual([]);
      }
    }));

  it("draws an edge for every cause in the chain, and none to what is not there", () =>
    always(({ placed, edges }, events) => {
      const known = new Set(events.map(({ id }) => id));
      const expected = events.filter(
        (event) => event.parentId && event.parentId !== event.id && known.has(event.parentId),
      );
      expect(edges.map(({ to }) => to.node.id)).toEqual(expected.map(({ id }) => id));
      for (const { from, to } of edges) {
        expect(from.node.id).toBe(to.node.event.parentId);
        expect(placed).toContain(from);
        expect(placed).toContain(to);
      }
    }));

  it("runs lines through no event of the lane they run in", () =>
    always(({ edges, placed }) => {
      for (const { from, y } of edges) {
        if (y === null) continue;
        const crossed = placed.filter((each) => each.lane === from.lane && y > each.y && y < each.y + NODE_HEIGHT);
        expect(crossed).toEqual([]);
      }
    }));

  it("is the same every time, in whatever order the events come", () => {
    fc.assert(
      fc.property(anyChain, (events) => {
        expect(layout(events.toReversed())).toEqual(layout(events));
      }),
    );
  });

  it("does not move what is drawn when something happens later", () =>
    always((drawn, events) => {
      const last = events.at(-1);
      const later = eventAt(events.length, (last ? Date.parse(last.ts) - Date.parse(eventAt(0, 0).ts) : 0) + 5);
      const grown = layout([...events, later]);
      expect(grown.placed.slice(0, -1).map(({ x }) => x)).toEqual(drawn.placed.map(({ x }) => x));
    }));

  it("takes less than 20 ms for 500 events, also where every one answers the first", () => {
    const chains = [
      (seq: number) => ({ parentId: `event-${seq - 1}` }),
      () => ({ parentId: "event-0", direction: "INBOUND" as const }),
      (seq: number) => ({
        parentId: `event-${seq >> 1}`,
        channel: (["email", "sms", "voice"] as const)[seq % 3] ?? "email",
      }),
      (seq: number) => ({ parentId: `event-${seq - 7}` }),
    ].map((more) => chainModel(Array.from({ length: 500 }, (_, seq) => eventAt(seq, seq * 700, more(seq)))));
    for (const model of chains) {
      const times = Array.from({ length: 9 }, () => {
        const begin = performance.now();
        layoutChain(model);
        return performance.now() - begin;
      });
      expect(times.toSorted((a, b) => a - b)[4]).toBeLessThan(20);
    }
  });
});

describe("lines", () => {
  const conversation = [
    eventAt(0, 0, { direction: "OUTBOUND", agentId: "ann" }),
    eventAt(1, 10, { parentId: "event-0" }),
    eventAt(2, 20, { parentId: "event-0" }),
    eventAt(3, 30, { parentId: "event-0", direction: "INBOUND", agentId: "ann" }),
    eventAt(4, 40, { parentId: "event-3", result: "DENIED" }),
    eventAt(5, 50, { parentId: "event-3", channel: "billing" }),
  ];
  const { edges, placed, lanes } = layout(conversation);
  const edgeTo = (seq: number) => edges.find(({ to }) => to.node.id === `event-${seq}`) as Edge;
  const top = placed[0]?.y ?? 0;

  it("to the next event of the lane are straight, to others run below, replies bend back above", () => {
    expect(edgeTo(1)).toMatchObject({ kind: "effect", y: null });
    expect(edgeTo(2).y).toBeGreaterThan(top + NODE_HEIGHT);
    expect(edgeTo(3).kind).toBe("reply");
    expect(edgeTo(3).y).toBeLessThan(top);
    expect(edgeTo(4)).toMatchObject({ kind: "refusal", y: null });
  });

  it("to another lane run between the lanes", () => {
    expect(edgeTo(5).y).toBeGreaterThan(top + NODE_HEIGHT);
    expect(edgeTo(5).y).toBeLessThan(lanes[1]?.top ?? 0);
  });

  it("that would lie on each other run beside each other", () => {
    const { edges } = layout([
      eventAt(0, 0),
      eventAt(1, 1),
      eventAt(2, 2, { parentId: "event-0" }),
      eventAt(3, 3, { parentId: "event-1" }),
    ]);
    expect(edges[0]?.y).not.toBe(edges[1]?.y);
  });
});

describe("walking by keyboard", () => {
  it("reaches every event by time, and comes back the same way", () =>
    always((drawn) => {
      for (const [index, each] of drawn.placed.entries()) {
        expect(walk(drawn, each, "ArrowRight")).toBe(drawn.placed[index + 1] ?? null);
        expect(walk(drawn, each, "ArrowLeft")).toBe(drawn.placed[index - 1] ?? null);
        expect(walk(drawn, each, "End")).toBe(drawn.placed.at(-1));
        expect(walk(drawn, each, "Home")).toBe(drawn.placed[0]);
      }
    }));

  it("goes from lane to lane, to the nearest event", () => {
    const drawn = layout([
      eventAt(0, 0),
      eventAt(1, 10_000, { channel: "vault" }),
      eventAt(2, 20_000, { channel: "agent" }),
      eventAt(3, 200_000, { channel: "vault" }),
      eventAt(4, 201_000),
    ]);
    const step = (from: number, key: string) => walk(drawn, drawn.placed[from] as never, key)?.node.id ?? null;
    expect(step(4, "ArrowDown")).toBe("event-3");
    expect(step(0, "ArrowDown")).toBe("event-1");
    expect(step(2, "ArrowUp")).toBe("event-1");
    expect(step(0, "ArrowUp")).toBeNull();
    expect(step(2, "ArrowDown")).toBeNull();
    expect(step(2, "x")).toBeNull();
  });

  it("follows cause and effect", () =>
    always((drawn) => {
      for (const each of drawn.placed) {
        expect(walk(drawn, each, "p")?.node ?? null).toBe(each.node.cause);
        expect(walk(drawn, each, "c")?.node ?? null).toBe(each.node.effects[0] ?? null);
      }
    }));
});
