import { describe, expect, it } from "vitest";
import { runNameOf } from "#guard/pods/run-name.ts";

describe("the name of a run", () => {
  it("is the same as long as the run goes on, and another after a restart", () => {
    const run = { firstSeenAtMs: 1_789_000_000_000 };

    expect(runNameOf({ ...run })).toBe(runNameOf(run));
    expect(runNameOf({ firstSeenAtMs: run.firstSeenAtMs + 1 })).not.toBe(runNameOf(run));
  });

  it("has letters and digits only, so that it can stand in an address", () => {
    expect(runNameOf({ firstSeenAtMs: 1_789_000_000_000.5 })).toMatch(/^[a-z0-9]+$/);
  });
});
