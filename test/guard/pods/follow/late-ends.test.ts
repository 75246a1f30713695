import { describe, expect, it } from "vitest";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import type { EndRun } from "#guard/model/effect.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { passOverLate } from "#guard/pods/follow/late-ends.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import {
  at,
  live,
  type Lived,
  minuteMs,
  mootOf,
  owedBy,
  pod,
  run,
  saidOf,
  settleAt,
  step,
  unlived,
  warnsOf,
} from "../../samples.ts";
import { evening, liveEvenings, scheduling } from "../evening.ts";

const comes = [100, 1540];

/** The daemon is started anew. */
function restarted(before: Lived): Lived {
  const { lastSeen: _, leaseBook: _book, moments: _moments, ...saved } = before.state;
  return { ...before, state: afterRestart(saved) };
}

const endsOwed = ({ state }: Lived): readonly EndRun[] =>
  state.owed.filter((effect) => effect.kind === "end-run");

const passedOver = (ago: string, unseen: string, again = ""): string =>
  `schedule: pod trainer (p1) runs on: schedule evening was to stop it ${ago} ago, and nobody saw the pods for ${unseen} since, so this time it is passed over${again}. To stop it: runpodboss stop p1`;

describe("an end by a schedule that is more than an hour late, as the pods were not seen meanwhile,", () => {
  const warned = () => liveEvenings(liveEvenings(unlived, [0, 80], comes), [130, 135], comes);
  const owed = () => liveEvenings(unlived, [0, 100], comes);

  it.each<[string, () => Lived]>([
    ["was announced late, and the machine slept", warned],
    ["was announced late, and the daemon was down", () => restarted(warned())],
    ["was owed on time, and the machine slept", owed],
    ["was owed on time, and the daemon was down", () => restarted(owed())],
    [
      "was owed on time, and polls failed",
      () => liveEvenings(owed(), [101, 799], comes, scheduling(), { look: "blind" }),
    ],
    [
      "was owed on time, and the pods were not listed",
      () => liveEvenings(owed(), [101, 799], comes, scheduling(), { look: { pods: "unknown" } }),
    ],
  ])("is passed over where it %s", (_sentence, before) => {
    const then = before();

    const now = liveEvenings(then, [800, 850], comes);

    expect([endsOwed(now), now.owed.length]).toEqual([[], then.owed.length]);
    expect(now.state.scheduled?.["evening"]?.due).toEqual({});
    expect(now.state.runs["p1"]?.warnedAtMs).toEqual({});
    const told = saidOf(now).filter(([, words]) => words.includes("runs on"));
    expect(told).toMatchObject([
      [
        800,
        expect.stringMatching(/was to stop it 11 h 40 min ago.* It comes again in 12 h 20 min/),
      ],
    ]);
  });

  it("is taken back, told once with for how long nobody looked, and in the history", () => {
    const now = liveEvenings(owed(), [800, 850], comes);

    expect(mootOf(now)).toEqual([[800, "it is more than an hour late by now"]]);
    expect(saidOf(now).filter(([minute]) => minute >= 800)).toEqual([
      [800, passedOver("11 h 40 min", "11 h 40 min", ". It comes again in 12 h 20 min")],
    ]);
    expect(now.state.unrecorded.at(-1)).toMatchObject({
      type: "schedule",
      reason: "schedule_evening",
    });
  });

  it("is passed over while the calendar does not tell", () => {
    const silent = { moments: { atMs: 0, periods: {}, schedules: {} } };

    const now = live(owed(), [800, 850], scheduling(), silent);

    expect(endsOwed(now)).toEqual([]);
    expect(saidOf(now).at(-1)).toEqual([800, passedOver("11 h 40 min", "11 h 40 min")]);
  });

  it("of a schedule that comes often gives way to its last moment, which is announced", () => {
    const often = Array.from({ length: 100 }, (_, n) => 100 + 10 * n);
    const due = liveEvenings(unlived, [0, 100], often);

    const now = liveEvenings(due, [803, 830], often);

    expect([warnsOf(now), owedBy(now)]).toEqual([
      [
        [85, "schedule"],
        [803, "schedule"],
      ],
      [
        [100, "schedule"],
        [818, "schedule"],
      ],
    ]);
  });

  it("is passed over where the calendar was not asked since the daemon started", () => {
    const now = live(restarted(owed()), [800, 801], scheduling());

    expect(endsOwed(now)).toEqual([]);
    expect(saidOf(now).at(-1)).toEqual([800, passedOver("11 h 40 min", "11 h 40 min")]);
  });

  it("is taken back after the poll in which it is not known whether its pod runs", () => {
    const unknown = { look: { pods: [pod({ status: "unknown", word: "HOVERING" })] } };

    const hidden = liveEvenings(owed(), [800, 800], comes, scheduling(), unknown);
    const now = liveEvenings(hidden, [801, 850], comes);

    expect([endsOwed(hidden).length, endsOwed(now)]).toEqual([1, []]);
    expect(saidOf(now).filter(([, words]) => words.includes("runs on"))).toMatchObject([
      [800, expect.any(String)],
    ]);
  });

  it("is told of several pods in one message", () => {
    const pods = [pod(), pod({ id: "p2", name: "sdxl" })];
    const due = liveEvenings(unlived, [0, 100], comes, scheduling(), { look: { pods } });

    const now = liveEvenings(due, [800, 801], comes, scheduling(), { look: { pods } });

    expect(saidOf(now).at(-1)?.[1]).toContain(
      "schedule: pods trainer (p1), sdxl (p2) run on: schedule evening was to stop them",
    );
  });

  it("comes again at the next moment", () => {
    const now = liveEvenings(liveEvenings(owed(), [800, 810], comes), [1520, 1540], comes);

    expect(owedBy(now)).toEqual([
      [100, "schedule"],
      [1540, "schedule"],
    ]);
  });

  it("leaves it to the end that was asked for to find out that it stopped the pod", () => {
    const due = owed();
    const stopped = { look: { pods: [pod({ status: "stopped" })] } };

    const now = liveEvenings(due, [800, 801], comes, scheduling(), stopped);

    expect(endsOwed(now)).toMatchObject([{ reason: "schedule_evening" }]);
    expect(saidOf(now).filter(([minute]) => minute >= 800)).toEqual([]);
  });

  it("says nothing of a pod that is protected by now", () => {
    const now = liveEvenings(
      owed(),
      [800, 801],
      comes,
      scheduling([evening], {}, { protect: ["trainer"] }),
    );

    expect(endsOwed(now)).toEqual([]);
    expect(saidOf(now).filter(([minute]) => minute >= 800)).toEqual([]);
  });
});

describe("an end by a schedule goes on", () => {
  it("beyond its hour where it was tried all along", () => {
    const due = liveEvenings(unlived, [0, 100], comes);
    const id = due.owed[0]?.[1].id ?? "";
    const refused = settleAt(due, 101, id, { kind: "failed" }, scheduling());

    const now = liveEvenings(refused, [101, 300], comes);

    expect(endsOwed(now)).toMatchObject([{ id }]);
  });

  it("within its hour, though the machine slept", () => {
    const now = liveEvenings(liveEvenings(unlived, [0, 100], comes), [150, 170], comes);

    expect([owedBy(now), endsOwed(now).length]).toEqual([[[100, "schedule"]], 1]);
  });

  it("beyond its hour over a restart in which no time was lost", () => {
    const policy = scheduling([evening], { maxEndsPerHour: 0 });
    const due = restarted(liveEvenings(unlived, [0, 170], comes, policy));

    const now = liveEvenings(due, [172, 180], comes);

    expect(owedBy(now)).toEqual([[172, "schedule"]]);
  });

  it("over a clock that is set half a day ahead", () => {
    const due = liveEvenings(unlived, [0, 100], comes);
    const ahead = step(
      due,
      820,
      { kind: "stepped", atMs: at(820), byMs: 720 * minuteMs },
      scheduling(),
    );

    const now = liveEvenings(ahead, [821, 830], comes);

    expect(endsOwed(now).length).toBe(1);
  });
});

it("what only tells has told, and passes nothing over", () => {
  const tells = scheduling([{ ...evening, action: "notify" }]);

  const now = liveEvenings(liveEvenings(unlived, [0, 100], comes, tells), [800, 801], comes, tells);

  expect(saidOf(now).map(([minute]) => minute)).toEqual([100]);
  expect(warnsOf(now)).toEqual([]);
});

it("of two pods of a schedule the one that it is not yet an hour late for is still its own", () => {
  const unsure = (podId: string) => run({ podId, unsureSinceMs: at(105) });
  const due = {
    p1: { run: runNameOf(unsure("p1")), ofMs: at(100) },
    p2: { run: runNameOf(unsure("p2")), ofMs: at(780) },
  };
  const state: GuardState = {
    ...emptyState,
    runs: { p1: unsure("p1"), p2: unsure("p2") },
    scheduled: { evening: { rule: "daily", sinceMs: at(0), dealtMs: [at(100), at(780)], due } },
  };

  const { state: now } = passOverLate(state, [pod(), pod({ id: "p2" })], scheduling(), at(800));

  expect(now.scheduled?.["evening"]?.due).toEqual({ p2: due.p2 });
});
