import { describe, expect, it } from "vitest";
import type { CallAgent, Effect, EndPod, EndRun, Notify } from "#guard/model/effect.ts";
import { isDue } from "#guard/next-look.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import {
  at,
  endRecordsOf,
  guarding,
  hardTimeout,
  live,
  podEffectsOf,
  settleAt,
  unlived,
} from "../samples.ts";

const owed = { id: "1", because: "", notBeforeMs: 0, podId: "p1", action: "stop" } as const;
const notice: Notify = {
  kind: "notify",
  id: "2",
  because: "",
  notBeforeMs: 0,
  event: "trip",
  name: "w",
  tries: 0,
};
const endPod: EndPod = { ...owed, kind: "end-pod", threshold: "w", belowUsd: 1, tries: 0 };
const agent: CallAgent = {
  id: "1",
  because: "",
  notBeforeMs: 0,
  kind: "call-agent",
  threshold: "w",
  belowUsd: 1,
  balanceUsd: 0.5,
  tries: 2,
};
const endRun: EndRun = {
  ...owed,
  kind: "end-run",
  guard: "idle",
  reason: "idle_30m",
  podName: "",
  tries: 3,
};

it.each<[sentence: string, effect: Effect, tries: number]>([
  ["an end that was never tried counts as tried once", endPod, 1],
  ["an end that was tried stays as often tried", endRun, 3],
  ["an agent's call stays as it was", agent, 2],
])("after a restart %s", (_sentence, effect, tries) => {
  const { state } = unlived;

  expect(afterRestart({ ...state, owed: [effect] }).owed).toEqual([{ ...effect, tries }]);
});

it.each<[string, Partial<Notify>, number | undefined]>([
  ["when it happened", { atMs: 70, tries: 5 }, 70],
  ["by an older version, before its first try", { tries: 0, notBeforeMs: 60 }, 60],
  ["by an older version, which no longer knows when it happened", { tries: 2 }, undefined],
])("after a restart a notification is tried at once: written down %s", (_, overrides, atMs) => {
  const waiting: Notify = { ...notice, notBeforeMs: 900_000, ...overrides };

  const [effect] = afterRestart({ ...unlived.state, owed: [waiting] }).owed;

  expect(effect).toEqual({ ...waiting, notBeforeMs: 0, atMs });
});

it("a pod that is found over after a crash, with its end owed, was ended by us", () => {
  const policy = guarding({ hardTimeout, warnMs: 0 });
  const due = live(unlived, [480, 480], policy, { sample: { cpuPercent: 50 } });
  const [end] = podEffectsOf(due.state.owed);

  const found = settleAt(
    { ...due, state: afterRestart(due.state) },
    481,
    end?.id ?? "none is owed",
    { kind: "moot", podIs: "stopped" },
    policy,
  );

  expect(endRecordsOf(found.state)).toEqual([["p1", "hard_timeout_8h"]]);
});

it.each([
  ["is over: the crash came between the two files", 480, false],
  ["is another, if the pod was seen to run since", 479, true],
])(
  "a run that was still saved when its end was written down %s",
  (_sentence, endMinute, isThere) => {
    const policy = guarding({ hardTimeout, warnMs: 0 });
    const due = live(unlived, [480, 480], policy, { sample: { cpuPercent: 50 } });
    const [end] = podEffectsOf(due.state.owed);
    const over = settleAt(due, endMinute, end?.id ?? "", { podIs: "stopped" }, policy).state;
    const { runs, podsSeenAtMs } = due.state;

    const { runs: left } = afterRestart({ ...over, runs, podsSeenAtMs });

    expect(Object.keys(left)).toEqual(isThere ? ["p1"] : []);
  },
);

describe("after a restart with a clock that is half an hour behind", () => {
  const backMs = 1_800_000;

  it.each<[sentence: string, effect: Effect]>([
    ["the backstop goes on at once", endPod],
    ["the backstop goes on at once where its last try failed", { ...endPod, tries: 4 }],
    ["the agent is called at once", agent],
  ])("%s", (_sentence, effect) => {
    const { state } = unlived;

    const [found] = afterRestart({
      ...state,
      owed: [{ ...effect, notBeforeMs: 10 * backMs }],
    }).owed;

    expect(found && isDue(found, 9 * backMs)).toBe(true);
  });

  it("a guard's end goes on at the first poll, and not before: that gives each its turn", () => {
    const policy = guarding({ hardTimeout, warnMs: 0 });
    const due = live(unlived, [480, 480], policy, { sample: { cpuPercent: 50 } });
    const ahead = due.state.owed.map((each) => ({
      ...each,
      notBeforeMs: each.notBeforeMs + backMs,
    }));
    const restarted = afterRestart({ ...due.state, owed: ahead });

    const polled = live({ ...due, state: restarted }, [481, 481], policy, {
      sample: { cpuPercent: 50 },
    });

    expect(podEffectsOf(restarted.owed).map((each) => isDue(each, at(481)))).toEqual([false]);
    expect(podEffectsOf(polled.state.owed).map((each) => isDue(each, at(481)))).toEqual([true]);
  });
});
