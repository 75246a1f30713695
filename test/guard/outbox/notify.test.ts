import { describe, expect, it } from "vitest";
import type { EndRun } from "#guard/model/effect.ts";
import { emptyState } from "#guard/model/state.ts";
import { forgetWhatIsOver, isDueAgain } from "#guard/outbox/notify.ts";
import { run } from "../samples.ts";

const end: EndRun = {
  kind: "end-run",
  id: "end-run:idle:p1:0",
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "idle for 30 min",
  tries: 1,
  notBeforeMs: 0,
};

it.each([
  ["the trouble of an end that is owed", "end:p1:RunPod refused ", true],
  ["the trouble of an end that is over", "end:p2:RunPod refused ", false],
  ["the trouble of the second end that is owed", "end:p3:RunPod refused ", true],
  ["what holds back the end of a pod that runs", "held:p1", true],
  ["what holds back the end of a pod that is gone", "held:p2", false],
  ["that a pod that is gone is locked", "locked:p2", false],
  ["a trouble of ours", "trouble:log file", true],
  ["a threshold named like it", "backstop:end:p2:acting", true],
])("%s: is it remembered?", (_sentence, key, isKept) => {
  const before = {
    ...emptyState,
    owed: [end, { ...end, id: "end-run:idle:p3:0", podId: "p3" }],
    runs: { p1: run() },
    saidAtMs: Object.fromEntries([[key, 1]]),
  };

  const { saidAtMs } = forgetWhatIsOver(before);

  expect(Object.keys(saidAtMs)).toEqual(isKept ? [key] : []);
});

describe("what was said is due again", () => {
  const hour = 3_600_000;

  it.each([
    ["never said", undefined, 0, true],
    ["a minute ago", 0, 60_000, false],
    ["an hour ago", 0, hour, true],
    ["a moment later than what came in late", 60_000, 59_000, false],
    ["long after, by a clock that has gone back since", 10 * hour, 9 * hour, true],
  ] as const)("%s", (_sentence, saidAtMs, nowMs, is) => {
    expect(isDueAgain(saidAtMs, nowMs, hour)).toBe(is);
  });
});
