import fc from "fast-check";
import { expect, it } from "vitest";
import { deadlinesOf, isAllFar } from "#guard/pods/deadlines.ts";
import { book, guarding, hardTimeout, idleGuard, leaseGuard, minuteMs, run } from "../samples.ts";

const minutes = fc.integer({ min: 0, max: 90 }).map((each) => each * minuteMs);
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });

it("all is far just when each deadline is", () => {
  fc.assert(
    fc.property(
      minutes,
      minutes,
      fc.record({ startedAtMs: minutes, idleMs: minutes, lease: maybe(minutes) }),
      fc.record({ timeout: maybe(minutes), defaultMs: maybe(minutes), idleFor: maybe(minutes) }),
      (nowMs, warnMs, { lease, ...times }, { timeout, defaultMs, idleFor }) => {
        const { podGuards } = guarding({
          warnMs,
          ...(timeout !== undefined && { hardTimeout: { ...hardTimeout, afterMs: timeout } }),
          ...(defaultMs !== undefined && { lease: { ...leaseGuard, defaultMs } }),
          ...(idleFor !== undefined && { idle: { ...idleGuard, afterMs: idleFor } }),
        });
        const given = lease === undefined ? undefined : { endsAtMs: lease, givenAtMs: 0 };
        const its = run({ ...times, lease: given });
        const pod = { id: its.podId, name: its.name, rawName: its.name };

        const deadlines = deadlinesOf(its, pod, { leaseBook: book() }, { podGuards }, nowMs);

        expect(isAllFar(its, podGuards, nowMs)).toBe(deadlines.every(({ isFar }) => isFar));
        expect(deadlines.filter(({ isFar, isPast }) => isFar && isPast)).toEqual([]);
      },
    ),
  );
});
