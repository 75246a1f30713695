import fc from "fast-check";
import { expect, it } from "vitest";
import { reminds } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { tellWhile } from "#guard/outbox/remind.ts";
import { shifted, upToNow } from "#guard/times.ts";
import { hourMs, minuteMs, policy, wordsOf } from "../samples.ts";

const least = { once: Infinity, hourly: hourMs, daily: 24 * hourMs, doubling: hourMs } as const;

it("reminders never come closer than asked, whatever is missed, restarted or set", () => {
  const turns = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 5 * hourMs }),
      steppedMs: fc.oneof(
        { weight: 5, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -9 * hourMs, max: 9 * hourMs }) },
      ),
      isRestarted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...reminds), turns, (remind, all) => {
      let state: GuardState = emptyState;
      let wallMs = 1_000 * hourMs;
      // By a clock that nobody sets.
      let trueMs = 0;
      const told: number[] = [];
      for (const { afterMs, steppedMs, isRestarted } of all) {
        trueMs += afterMs;
        wallMs += afterMs + steppedMs;
        if (steppedMs !== 0) state = shifted(state, steppedMs);
        if (isRestarted) state = upToNow(state, wallMs);
        const words = { event: "budget", name: "b", atMs: wallMs, because: "it lasts" } as const;
        const after = tellWhile(state, policy, "budget:b", { remind }, words);
        state = after.state;
        if (wordsOf(after.events).length > 0) told.push(trueMs);
      }

      for (const [n, atMs] of told.entries()) {
        if (n === 0) continue;
        const [first = 0, before = 0] = [told[0], told[n - 1]];
        expect(atMs - before).toBeGreaterThanOrEqual(least[remind] - minuteMs);
        const twice = remind === "doubling" ? 2 * (before - first) : 0;
        expect(atMs - first).toBeGreaterThanOrEqual(twice);
      }
      expect(told.length).toBeGreaterThan(0);
    }),
  );
});
