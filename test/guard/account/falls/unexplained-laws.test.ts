import fc from "fast-check";
import { expect, it } from "vitest";
import { pod } from "../../samples.ts";
import { burnt, burnWords } from "../burning.ts";

const secondMs = 1_000;

/** What the pods cost, changed now and then, by minute. */
const costs = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 40 }),
    perHrUsd: fc.double({ min: 0, max: 80, noNaN: true }),
  }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

function costAt(
  phases: readonly { readonly minutes: number; readonly perHrUsd: number }[],
  minute: number,
): number {
  let left = minute;
  for (const { minutes, perHrUsd } of phases) {
    if (left < minutes) return perHrUsd;
    left -= minutes;
  }
  return phases.at(-1)?.perHrUsd ?? 0;
}

it("what the pods cost is never called unexplained, however often RunPod charges and we look", () => {
  fc.assert(
    fc.property(
      costs,
      fc.constantFrom(secondMs, 60 * secondMs, 300 * secondMs),
      fc.constantFrom(5 * secondMs, 15 * secondMs, 60 * secondMs, 120 * secondMs),
      fc.integer({ min: 0, max: 30 }),
      (phases, tickMs, pollMs, latencyTicks) => {
        const cost = (minute: number) => costAt(phases, minute);
        const look = (minute: number) => ({ pods: [pod({ costPerHrUsd: cost(minute) })] });

        const told = burnWords(
          // Somewhat late, and never by more than RunPod takes to charge.
          burnt([0, 120], {
            burn: (n) => cost(Math.max(0, n - latencyTicks / 60)),
            look,
            tickMs,
            pollMs,
          }),
        );

        expect(told).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

it("what burns on besides them is told, by a quarter of an hour and the time of two charges and an audit", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 40, noNaN: true }),
      fc.constantFrom(secondMs, 60 * secondMs, 300 * secondMs),
      fc.constantFrom(5 * secondMs, 30 * secondMs, 60 * secondMs),
      (perHrUsd, tickMs, pollMs) => {
        const look = () => ({ pods: [pod({ costPerHrUsd: perHrUsd })] });
        const burn = (minute: number) => (minute < 30 ? perHrUsd : 2 * perHrUsd);

        const told = burnWords(burnt([0, 60], { burn, look, tickMs, pollMs, startUsd: 1_000 }));

        expect(told).toHaveLength(1);
        expect(told[0]?.[0]).toBeGreaterThanOrEqual(44);
        expect(told[0]?.[0]).toBeLessThanOrEqual(58);
      },
    ),
    { numRuns: 60 },
  );
});
