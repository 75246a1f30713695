import { describe, expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { runFrom } from "#guard/pods/run/run-start.ts";
import { shifted, upToNow } from "#guard/times.ts";

describe("the name of a run", () => {
  it("is the same as long as the run goes on, and another after a restart", () => {
    const run = { firstSeenAtMs: 1_789_000_000_000 };

    expect(runNameOf({ ...run })).toBe(runNameOf(run));
    expect(runNameOf({ firstSeenAtMs: run.firstSeenAtMs + 1 })).not.toBe(runNameOf(run));
  });

  it("stays when the clock is set, and set again, and in a new process by a clock that is behind", () => {
    const run = runFrom("p1", "trainer", 1_789_000_000_000, 1);
    const state = { ...emptyState, runs: { p1: run } };

    const ahead = shifted(state, 3_600_000);
    const back = upToNow(shifted(ahead, -40_000), 1_788_000_000_000);

    for (const { runs } of [ahead, back]) {
      expect(runs["p1"]?.firstSeenAtMs).not.toBe(run.firstSeenAtMs);
      expect(runs["p1"] && runNameOf(runs["p1"])).toBe(runNameOf(run));
    }
    expect(upToNow(state, 1_790_000_000_000).runs["p1"]).toEqual(run);
  });

  it("has letters and digits only, so that it can stand in an address", () => {
    expect(runNameOf({ firstSeenAtMs: 1_789_000_000_000.5 })).toMatch(/^[a-z0-9]+$/);
  });
});
