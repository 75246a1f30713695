import { describe, expect, it } from "vitest";
import { seen } from "../guard/samples.ts";
import { guarded } from "./guarded.ts";
import { keptOfPrimary, startMs } from "./kept.ts";

describe("a look from outside", () => {
  it("goes on where one before it died before it had kept what can be learned again", async () => {
    const { "own.runs": _, ...left } = keptOfPrimary([seen({ atMs: startMs, balanceUsd: 20 })]);
    const { guard, looks, all } = guarded(left);
    const woken = guard.wake();
    await expect.poll(() => looks.length).toBe(1);

    looks[0]?.end(seen({ atMs: startMs, balanceUsd: 9 }));
    await woken;

    expect(all.get("own.runs")).toContain("trainer");
  });
});
