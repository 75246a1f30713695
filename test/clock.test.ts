import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";

/** A machine whose times move only when told to; timers stand still in its sleep. */
function machine() {
  const timers = new Map<() => void, number>();
  const waits: number[] = [];
  const at = { wallMs: 1_000_000, monotonicMs: 50, uptimeMs: 7_000 };
  const pass = async (ms: number): Promise<void> => {
    at.wallMs += ms;
    at.monotonicMs += ms;
    at.uptimeMs += ms;
    for (const [callback, dueMs] of timers) if (dueMs <= at.monotonicMs) callback();
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  };
  const sources = {
    wallMs: () => at.wallMs,
    monotonicMs: () => at.monotonicMs,
    uptimeMs: () => at.uptimeMs,
    setTimer: (callback: () => void, afterMs: number) => {
      waits.push(afterMs);
      timers.set(callback, at.monotonicMs + afterMs);
      return () => timers.delete(callback);
    },
  };
  return { at, pass, sources, timers, waits };
}

describe("nowMs", () => {
  it("starts with the wall clock and leaves it alone until it is to follow, in whole milliseconds", async () => {
    const { at, pass, sources } = machine();
    const clock = createClock(sources);

    await pass(1_234.5);
    at.wallMs -= 86_400_000;

    expect(clock.nowMs()).toBe(1_001_234);
  });

  it.each([
    ["a year ahead", 31_536_000_000, 31_536_000_000],
    ["a day back", -86_400_000, -86_400_000],
    ["three seconds ahead", 3_000, 3_000],
    ["by less than the uptime can tell: not at all", 2_400, 0],
    ["to nothing that is a time: not at all", Number.NaN, 0],
  ])("follows a wall clock that was set %s, once, and tells", async (_sentence, setMs, toldMs) => {
    const { at, pass, sources } = machine();
    const clock = createClock(sources);
    await pass(1_000);

    at.wallMs += setMs;
    const told = [clock.follow?.(), clock.follow?.()];

    expect(told).toEqual([toldMs, 0]);
    expect(clock.nowMs()).toBe(1_001_000 + toldMs);
  });

  it("takes a sleep of the machine for no step, as the wall clock goes on in it", async () => {
    const { at, sources } = machine();
    const clock = createClock(sources);

    at.uptimeMs += 3_600_000;
    at.wallMs += 3_600_000;

    expect(clock.follow?.()).toBe(0);
    expect([clock.nowMs(), clock.pausedMs?.()]).toEqual([4_600_000, 3_600_000]);
  });

  it.each([
    ["a sleep of an hour counts", 3_600_000, 3_600_000],
    ["steps of the uptime do not", 1_000, 0],
    ["an uptime that stands still does not", -5_000, 0],
    ["an uptime that is unknown does not", Number.NaN, 0],
  ])("%s", (_sentence, uptimeAheadMs, countedMs) => {
    const { at, sources } = machine();
    const clock = createClock(sources);

    at.uptimeMs += uptimeAheadMs;

    expect(clock.nowMs()).toBe(1_000_000 + countedMs);
  });

  it("counts each of two sleeps once, and what passes between them finely", async () => {
    const { at, pass, sources } = machine();
    const clock = createClock(sources);

    at.uptimeMs += 60_000;
    clock.nowMs();
    await pass(0.5);
    at.uptimeMs += 30_000;
    clock.nowMs();
    await pass(0.5);

    expect(clock.nowMs()).toBe(1_090_001);
  });

  it("never goes back", () => {
    const { at, sources } = machine();
    const clock = createClock(sources);
    at.monotonicMs += 500;
    const before = clock.nowMs();

    at.monotonicMs -= 400;

    expect(clock.nowMs()).toBe(before);
  });

  it("is close to the wall clock of this machine", () => {
    const clock = createClock();

    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(10_000);
  });
});

describe("sleepUntil", () => {
  it("waits in short steps until the time has come", async () => {
    const { pass, sources, timers, waits } = machine();
    const clock = createClock(sources);
    let isOver = false;
    const sleep = clock
      .sleepUntil(clock.nowMs() + 2_500, new AbortController().signal)
      .then(() => (isOver = true));

    await pass(1_000);
    await pass(1_000);
    await pass(499);
    expect(isOver).toBe(false);
    await pass(1);
    await sleep;

    expect(waits).toEqual([1_000, 1_000, 500]);
    expect(timers.size).toBe(0);
  });

  it.each([
    ["back", -86_400_000],
    ["ahead", 86_400_000],
  ])("waits for as long as it was to when the wall clock is set %s meanwhile", async (_, setMs) => {
    const { at, pass, sources, waits } = machine();
    const clock = createClock(sources);
    const sleep = clock.sleepUntil(clock.nowMs() + 2_500, new AbortController().signal);

    await pass(1_000);
    at.wallMs += setMs;
    clock.follow?.();
    await pass(1_000);
    await pass(500);
    await sleep;

    expect(waits).toEqual([1_000, 1_000, 500]);
  });

  it.each([
    ["a second late is late", 2_000, 0],
    ["ten seconds late is a stop of this process", 11_000, 10_000],
  ])("a wait that ends %s", async (_sentence, tookMs, pausedMs) => {
    const { pass, sources } = machine();
    const clock = createClock(sources);
    const sleep = clock.sleepUntil(clock.nowMs() + 1_000, new AbortController().signal);

    await pass(tookMs);
    await sleep;

    expect(clock.pausedMs?.()).toBe(pausedMs);
  });

  it("is over at the first step after the machine wakes", async () => {
    const { at, pass, sources } = machine();
    const clock = createClock(sources);
    const sleep = clock.sleepUntil(clock.nowMs() + 60_000, new AbortController().signal);

    at.uptimeMs += 3_600_000;
    await pass(1_000);

    await expect(sleep).resolves.toBeUndefined();
  });

  it.each([
    ["a time that has passed", -1],
    ["this very time", 0],
  ])("does not wait for %s", async (_sentence, aheadMs) => {
    const { sources, waits } = machine();
    const clock = createClock(sources);

    await clock.sleepUntil(clock.nowMs() + aheadMs, new AbortController().signal);

    expect(waits).toEqual([]);
  });

  it("does not begin when already aborted", async () => {
    const { sources, waits } = machine();

    await createClock(sources).sleepUntil(Infinity, AbortSignal.abort());

    expect(waits).toEqual([]);
  });

  it("is over at once when aborted, and leaves no timer and no listener", async () => {
    const { pass, sources, timers } = machine();
    const clock = createClock(sources);
    const stop = new AbortController();
    const sleep = clock.sleepUntil(Infinity, stop.signal);

    for (let n = 0; n < 20; n++) await pass(1_000);
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
    stop.abort();
    await sleep;

    expect(timers.size).toBe(0);
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
  });

  it("sleeps for real", async () => {
    const clock = createClock();
    const untilMs = clock.nowMs() + 20;

    await clock.sleepUntil(untilMs, new AbortController().signal);

    expect(clock.nowMs()).toBeGreaterThanOrEqual(untilMs);
  });
});
