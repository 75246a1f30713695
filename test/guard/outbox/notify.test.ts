import { expect, it } from "vitest";
import type { EndRun } from "#guard/model/effect.ts";
import { emptyState } from "#guard/model/state.ts";
import { forgetWhatIsOver } from "#guard/outbox/notify.ts";
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
