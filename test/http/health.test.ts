import { describe, expect, it } from "vitest";
import { healthOf } from "#http/health.ts";
import { seen } from "../guard/samples.ts";
import { guarded } from "./metrics/guarded.ts";

const second = 1_000;

describe("with a poll each 60 s", () => {
  const intervalMs = 60 * second;
  it.each([
    ["a poll that has just worked", 0, true],
    ["two polls that failed since", 179, true],
    ["three intervals without one that worked", 180, false],
    ["a night without any", 8 * 3_600, false],
    ["a clock that was set back by an hour, so that nobody knows", -3_600, false],
  ])("%s", (_sentence, agoSeconds, isHealthy) => {
    const nowMs = 1_700_000_000_000;
    const lastSeen = seen({ atMs: nowMs - agoSeconds * second });

    expect(healthOf({ state: { lastSeen }, intervalMs, nowMs }).isHealthy).toBe(isHealthy);
  });

  it("is unhealthy before the first poll has worked", () => {
    expect(healthOf({ state: undefined, intervalMs, nowMs: 0 })).toMatchObject({
      isHealthy: false,
      because: "no poll has worked yet",
    });
  });

  it("waits longer where RunPod's rate windows allow polls less often", () => {
    const lastSeen = seen({ atMs: 0, paceMs: 100 * second });

    expect(healthOf({ state: { lastSeen }, intervalMs, nowMs: 250 * second })).toMatchObject({
      isHealthy: true,
      limitMs: 300 * second,
    });
  });
});

describe("after a reload", () => {
  it("a longer interval holds at once", async () => {
    const { metrics, clock, poll, reload } = guarded();
    poll({});

    await clock.advanceTo(200 * second);
    expect(metrics.health().isHealthy).toBe(false);
    reload(300 * second);

    expect(metrics.health()).toMatchObject({ isHealthy: true, limitMs: 900 * second });
  });

  it("a shorter one does not make the last poll too old before there can be a new one", async () => {
    const { metrics, clock, poll, reload } = guarded();
    poll({});
    await clock.advanceTo(59 * second);

    reload(5 * second);

    expect(metrics.health().isHealthy).toBe(true);
    await clock.advanceTo((59 + 15) * second);
    expect(metrics.health()).toMatchObject({ isHealthy: false, limitMs: 15 * second });
  });
});
