import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Pod, PodStatus, Seen } from "#guard/model/account.ts";
import { isDue } from "#guard/next-look.ts";
import { at, minuteMs } from "../../samples.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import { endsIn, pass, still, take, type Times, untouched, watching } from "./lived.ts";

const ids = ["p1", "p2", "p3"] as const;
const most = 2;
const policy = watching(
  { afterMs: 20 * minuteMs },
  { protect: ["kept"] },
  { maxEndsPerHour: most, warnMs: 5 * minuteMs },
);

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 200, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const row = fc.record({
  status: mostly<PodStatus>("stopped", "running", "unknown", "gone"),
  name: mostly("trainer", "kept"),
  isLocked: mostly<boolean | undefined>(false, true, undefined),
  hasNetworkVolume: mostly<boolean | undefined>(true, false, undefined),
  isListed: mostly(true, false),
});

const turn = fc.record({
  rows: fc.tuple(row, row, row),
  minutes: mostly(1, 2, 3, 4, 30),
  look: mostly<"seen" | "blind" | "unknown" | "unread">("seen", "blind", "unknown", "unread"),
  answer: fc.constantFrom<"none" | "done" | "failed">("none", "done", "failed"),
  isRestarted: mostly(false, true),
});

function asSaved({ state, events, ends }: Times): Times {
  return { state: afterSaving(state), events, ends };
}

/** Over all runs: a law of what never happens says nothing. */
let provenInAll = 0;

it("nothing is deleted that may not be, unwarned, too soon, or one too many in an hour", () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 90, maxLength: 200 }), (turns) => {
      let now: Times = untouched;
      let minute = 0;
      const stoppedSince = new Map<string, number>();
      const warned = new Map<string, number>();
      const proven: number[] = [];
      const gone = new Set<string>();
      for (const { rows, minutes, look, answer, isRestarted } of turns) {
        minute += minutes;
        if (isRestarted) now = asSaved(now);
        const pods = ids.flatMap((id, n): readonly Pod[] => {
          const each = rows[n];
          if (each?.isListed !== true || gone.has(id)) return [];
          const { isListed: _, ...of } = each;
          return [still({ id, ...of, rawName: of.name })];
        });
        const shown: Partial<Seen> | "blind" =
          look === "blind"
            ? "blind"
            : look === "unknown"
              ? { pods: "unknown" }
              : { pods, unreadablePods: look === "unread" ? 1 : 0 };
        const known = now.events.length;
        const ended = now.ends.length;
        if (shown !== "blind" && shown.pods !== "unknown") {
          for (const { id, status } of pods) {
            if (status === "running") stoppedSince.delete(id);
            else if (status === "stopped" && !stoppedSince.has(id)) stoppedSince.set(id, minute);
          }
        }
        now = pass(now, [minute, minute], policy, shown);
        for (const [, event] of now.events.slice(known)) {
          if (event.kind !== "said" || event.event !== "warn") continue;
          for (const id of event.podIds) warned.set(id, minute);
        }
        for (const [, id] of now.ends.slice(ended)) {
          const pod = pods.find((each) => each.id === id);
          expect(pod).toMatchObject({
            status: "stopped",
            name: "trainer",
            isLocked: false,
            hasNetworkVolume: true,
          });
          expect(minute - (warned.get(id) ?? Infinity)).toBeGreaterThanOrEqual(5);
          // It may have been seen to run until the look before.
          expect(minute - (stoppedSince.get(id) ?? Infinity)).toBeGreaterThanOrEqual(20 - 3);
          warned.delete(id);
        }
        const due = endsIn(now.state).find((each) => isDue(each, at(minute)));
        if (due === undefined || answer === "none") continue;
        const isDone = answer === "done";
        if (isDone) {
          proven.push(minute);
          gone.add(due.podId);
          stoppedSince.delete(due.podId);
        }
        const outcome = {
          kind: answer,
          because: "",
          tail: "",
          ...(isDone && { podIs: "gone" as const }),
        };
        const input = { kind: "settled", id: due.id, atMs: at(minute), outcome } as const;
        now = take(now, minute, decide(now.state, input, policy));
      }
      provenInAll += proven.length;
      for (const from of proven) {
        expect(
          proven.filter((each) => each >= from && each < from + 60).length,
        ).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(provenInAll).toBeGreaterThan(10);
});
