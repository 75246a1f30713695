import { expect, it } from "vitest";
import { boundedProbe } from "#probes/bounded.ts";
import { probeAll } from "#probes/probe-all.ts";
import type { Probe } from "#probes/probe.ts";
import { createFakeClock } from "../fake-clock.ts";

const quiet = {
  isActive: false,
  because: "no probe shows activity",
  hasFailed: false,
  counters: {},
};

it("a pod whose probe never comes back counts as active, and costs no other pod its own", async () => {
  const clock = createFakeClock();
  const probe: Probe = ({ podId }) =>
    podId === "p1" ? new Promise(() => {}) : Promise.resolve(quiet);
  const pods = ["p1", "p2", "p3"].map((podId) => ({ podId, podName: podId, counters: { n: 1 } }));

  const found = probeAll(boundedProbe(probe, clock, 60_000), pods, new AbortController().signal);
  await clock.advanceTo(60_000);

  expect(await found).toEqual({
    p1: {
      isActive: true,
      because: "the probe was given up: not done after 60 s",
      hasFailed: true,
      counters: { n: 1 },
    },
    p2: quiet,
    p3: quiet,
  });
});

it("an interruption is one, though the probe does not heed it", async () => {
  const clock = createFakeClock();
  const interruption = new AbortController();
  const pod = { podId: "p1", podName: "p1" };
  const found = boundedProbe(() => new Promise(() => {}), clock, 60_000)(
    pod,
    {},
    interruption.signal,
  );

  interruption.abort();
  await clock.advanceTo(1_000);

  expect(await found).toBe("interrupted");
});
