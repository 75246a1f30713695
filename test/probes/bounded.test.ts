import { expect, it } from "vitest";
import { boundedProbe } from "#probes/bounded.ts";
import type { Probe } from "#probes/probe.ts";
import { createFakeClock } from "../fake-clock.ts";

const quiet = {
  isActive: false,
  because: "no probe shows activity",
  hasFailed: false,
  counters: {},
};

const pod = { podId: "p1", podName: "p1" };

it("a probe that never comes back counts as one that failed, and its pod as active", async () => {
  const clock = createFakeClock();
  const never: Probe = () => new Promise(() => {});
  const signal = new AbortController().signal;

  const found = boundedProbe(never, clock, 60_000)(pod, { n: 1 }, signal);
  await clock.advanceTo(60_000);

  expect(await found).toEqual({
    isActive: true,
    because: "the probe was given up: not done after 60 s",
    hasFailed: true,
    counters: { n: 1 },
  });
});

it("one that breaks counts so too, and one that answers is heard", async () => {
  const clock = createFakeClock();
  const signal = new AbortController().signal;
  const broken: Probe = () => Promise.reject(new Error("the moon is full"));

  expect(await boundedProbe(broken, clock, 60_000)(pod, {}, signal)).toMatchObject({
    isActive: true,
    because: "the probe was given up: the moon is full",
  });
  expect(await boundedProbe(() => Promise.resolve(quiet), clock, 1)(pod, {}, signal)).toBe(quiet);
});

it("an interruption is one, though the probe does not heed it", async () => {
  const clock = createFakeClock();
  const interruption = new AbortController();
  const found = boundedProbe(() => new Promise(() => {}), clock, 60_000)(
    pod,
    {},
    interruption.signal,
  );

  interruption.abort();
  await clock.advanceTo(1_000);

  expect(await found).toBe("interrupted");
});
