import { describe, expect, it } from "vitest";
import { createFastTime, fastClock } from "#commands/demo/fast-clock.ts";

/** Real time that passes when told to. */
function realTime() {
  let ms = 500;
  return { now: () => ms, pass: (forMs: number) => (ms += forMs) };
}

describe("fast time", () => {
  it("runs at its speed, and at another from then on", () => {
    const real = realTime();
    const time = createFastTime(1_000, 360, real.now);

    real.pass(10);
    const first = time.nowMs();
    time.run(60);
    real.pass(10);

    expect([first, time.nowMs()]).toEqual([4_600, 5_200]);
  });

  it("stands still at speed 0, goes where it is told to, and stands still there", () => {
    const real = realTime();
    const time = createFastTime(1_000, 0, real.now);

    real.pass(10);
    const first = time.nowMs();
    time.jumpTo(9_000);
    real.pass(10);

    expect([first, time.nowMs()]).toEqual([1_000, 9_000]);
  });

  it("stands still at the moment until which it runs, and goes on from there", () => {
    const real = realTime();
    const time = createFastTime(0, 1, real.now);

    time.run(100, 250);
    real.pass(10);
    const first = time.nowMs();
    time.run(100);
    real.pass(1);

    expect([first, time.nowMs()]).toEqual([250, 350]);
  });

  it("has whole milliseconds only", () => {
    const real = realTime();
    const time = createFastTime(0, 0.25, real.now);

    real.pass(7);

    expect(time.nowMs()).toBe(1);
  });
});

describe("its clock", () => {
  const never = new AbortController().signal;

  it("waits until its own time has come", async () => {
    const time = createFastTime(0, 0);
    const isOver: boolean[] = [];
    const waiting = fastClock(time)
      .sleepUntil(1_000, never)
      .then(() => isOver.push(true));

    await fastClock(createFastTime(0, 1)).sleepUntil(60, never);
    const before = [...isOver];
    time.jumpTo(1_000);
    await waiting;

    expect([before, isOver]).toEqual([[], [true]]);
  });

  it("leaves real time to what is given more than a second, however fast it runs", async () => {
    const leastMs = 200;
    const clock = fastClock(createFastTime(0, 1_000_000), leastMs);
    const beganAtMs = performance.now();

    const [paceMs, limitMs] = await Promise.all(
      [1_000, 2_000].map(async (forMs) => {
        await clock.sleepUntil(clock.nowMs() + forMs, never);
        return performance.now() - beganAtMs;
      }),
    );

    expect(limitMs).toBeGreaterThanOrEqual(leastMs);
    expect(limitMs).toBeGreaterThan(paceMs ?? Infinity);
  });

  it("ends a wait at once when aborted", async () => {
    const ending = new AbortController();
    const waiting = fastClock(createFastTime(0, 0)).sleepUntil(Infinity, ending.signal);

    ending.abort();

    await expect(waiting).resolves.toBeUndefined();
  });
});
