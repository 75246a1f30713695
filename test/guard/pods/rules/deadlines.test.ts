import fc from "fast-check";
import { expect, it } from "vitest";
import { deadlinesOf, isAllFar } from "#guard/pods/rules/deadlines.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  minuteMs,
  run,
} from "../../samples.ts";

const minutes = fc.integer({ min: 0, max: 90 }).map((each) => each * minuteMs);
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });

it.each([
  ["when the rest of its time has passed", 60, 80],
  ["when the rest has passed from now on, while its load is unknown", undefined, 85],
])("an idle pod is due %s", (_sentence, idleMinute, dueMinute) => {
  const idleAtMs = idleMinute === undefined ? undefined : at(idleMinute);
  const its = run({ idleMs: 10 * minuteMs, idleAtMs });
  const { podGuards } = guarding({ idle: idleGuard });
  const pod = { id: its.podId, name: its.name, rawName: its.name };

  const [deadline] = deadlinesOf(its, pod, { leaseBook: book() }, { podGuards }, at(65));

  expect(deadline).toMatchObject({ guard: "idle", atMs: at(dueMinute), isPast: false });
});

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
