import { describe, expect, it } from "vitest";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { changeRows, firstRows, KEPT, type Rows, type RowsAction } from "./rows.ts";

const event = (seq: number) => ({ seq }) as AuditEvent;
const up = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));
const down = (from: number, to: number) => up(to, from).reverse();
const numbers = (events: AuditEvent[]) => events.map(({ seq }) => seq);
const changed = (rows: Rows, ...actions: RowsAction[]) => actions.reduce(changeRows, rows);

describe("what arrives", () => {
  it("stands on top, each event once", () => {
    const rows = changed(
      firstRows(down(3, 1), false),
      { kind: "arrived", events: up(2, 5) },
      { kind: "arrived", events: up(5, 6) },
    );
    expect(numbers(rows.events)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it("waits, counted, while somebody reads, and comes when they have done", () => {
    const held = changed(
      firstRows(down(3, 1), false),
      { kind: "held", held: true },
      { kind: "arrived", events: up(4, 5) },
      { kind: "arrived", events: up(5, 6) },
    );
    expect(numbers(held.events)).toEqual([3, 2, 1]);
    expect(held.waitingCount).toBe(3);
    const released = changed(held, { kind: "held", held: false });
    expect(numbers(released.events)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(released.waitingCount).toBe(0);
  });

  it("pushes the oldest out, which can be read again", () => {
    const rows = changed(firstRows(down(KEPT, 1), false), { kind: "arrived", events: up(KEPT + 1, KEPT + 5) });
    expect(rows.events).toHaveLength(KEPT);
    expect(rows.events.at(-1)?.seq).toBe(6);
    expect(rows.hasOlder).toBe(true);
  });

  it("in a long pause leaves no gap: either all is there, or only the newest", () => {
    const held = changed(
      firstRows(down(3, 1), false),
      { kind: "held", held: true },
      { kind: "arrived", events: up(4, 3 + KEPT + 10) },
    );
    expect(held.waitingCount).toBe(KEPT + 10);
    const { events } = changed(held, { kind: "held", held: false });
    expect(numbers(events)).toEqual(numbers(down(KEPT + 13, 14)));
  });
});

describe("the list that was read after the view began to hear", () => {
  it("fills what happened in between", () => {
    const rows = changed(
      firstRows(down(3, 1), true),
      { kind: "arrived", events: up(7, 8) },
      { kind: "listed", events: down(7, 2), hasMore: true },
    );
    expect(numbers(rows.events)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(rows.hasOlder).toBe(true);
  });

  it("replaces what it does not reach, and what is older is read again", () => {
    const rows = changed(firstRows(down(3, 1), false), { kind: "listed", events: down(50, 40), hasMore: true });
    expect(numbers(rows.events)).toEqual(numbers(down(50, 40)));
    expect(rows.hasOlder).toBe(true);
  });

  it("is continued by older pages, down to the first event", () => {
    const rows = changed(
      firstRows(down(9, 5), true),
      { kind: "older", events: down(5, 3), hasMore: true },
      { kind: "older", events: down(2, 0), hasMore: false },
    );
    expect(numbers(rows.events)).toEqual(numbers(down(9, 0)));
    expect(rows.hasOlder).toBe(false);
  });
});
