import { describe, expect, it } from "vitest";
import { endedBy } from "#guard/pods/follow/ended-by.ts";
import {
  at,
  book,
  endRecordsOf,
  guarding,
  leaseGuard,
  live,
  run,
  settleAt,
  unlived,
} from "../../samples.ts";

const policy = guarding({ lease: leaseGuard });
const stopped = { look: { pods: [] } } as const;

function askedAt(minute: number) {
  return { ...book(), endedAtMs: { p1: at(minute) } };
}

describe("the end of a pod that the guard did not end", () => {
  it.each([
    ["a command asked for just before", 10, "manual", "by hand"],
    ["a command asked for, a while before it stopped", 1, "manual", "by hand"],
    ["a command asked for too long ago", -5, "ended_elsewhere", "by someone or something else"],
    [
      "a command asked for in an earlier run",
      -3,
      "ended_elsewhere",
      "by someone or something else",
    ],
  ])("that %s", (_sentence, minute, reason, by) => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [11, 11], policy, { ...stopped, book: askedAt(minute) });

    expect(endRecordsOf(state)).toEqual([["p1", reason]]);
    expect(state.unrecorded.at(-1)).toMatchObject({
      because: `terminated ${by}`,
      // The command writes its own record.
      notBeforeMs: at(12),
    });
  });

  it.each([
    ["another pod's was asked for", { ...book(), endedAtMs: { p2: at(10) } }],
    ["nobody asked for one", book()],
    ["the leases cannot be read", "unknown" as const],
  ])("is not by hand when %s", (_sentence, leases) => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [11, 11], policy, { ...stopped, book: leases });

    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("is not by hand when that was asked for a quarter of an hour before", () => {
    const before = live(unlived, [0, 30], policy, { sample: { cpuPercent: 50 } });

    const { state } = live(before, [31, 31], policy, { ...stopped, book: askedAt(10) });

    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("is not by hand before the leases were read", () => {
    expect(endedBy(run(), { leaseBook: undefined }, at(1))).toBe("ended_elsewhere");
  });

  it("was by hand though a guard was about to end it, and had not begun to", () => {
    const due = live(unlived, [0, 240], policy, { sample: { cpuPercent: 50 } });
    const { id = "" } = due.state.owed.find(({ kind }) => kind === "end-run") ?? {};
    const known = { ...due, state: { ...due.state, leaseBook: askedAt(240) } };

    const over = settleAt(known, 241, id, { kind: "moot", podIs: "stopped" }, policy);

    expect(endRecordsOf(over.state)).toEqual([["p1", "manual"]]);
  });

  it("was by hand though it was started again between two polls", () => {
    const before = live(unlived, [0, 19], policy);

    const { state } = live(before, [20, 20], policy, {
      sample: { bootedAtMs: at(20), lastStartedAtMs: at(20) },
      book: askedAt(19),
    });

    expect(endRecordsOf(state)).toEqual([["p1", "manual"]]);
  });
});
