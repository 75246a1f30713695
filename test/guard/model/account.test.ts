import { describe, expect, it } from "vitest";
import { statusWordOf, isEveryRunKnown, runStateOf, wholeList } from "#guard/model/account.ts";
import { pod, seen } from "../samples.ts";

describe("whether a pod runs", () => {
  it.each([
    ["running", "running"],
    ["pending", "running"],
    ["stopped", "ended"],
    ["gone", "ended"],
    ["unknown", "unknown"],
  ] as const)("is known of each status: %s", (status, is) => {
    expect(runStateOf({ status })).toBe(is);
  });

  it.each([
    ["all rows say it", {}, true],
    ["there are none", { pods: [] }, true],
    ["the pods are unknown", { pods: "unknown" as const }, false],
    ["a row cannot be read", { unreadablePods: 1 }, false],
    [
      "a word means nothing known",
      { pods: [pod(), pod({ status: "unknown", word: "STOPPING" })] },
      false,
    ],
  ])("of all pods, when %s", (_sentence, look, is) => {
    expect(isEveryRunKnown(seen(look))).toBe(is);
  });
});

it.each([
  ["is the list", {}, [pod()]],
  ["is an empty list where there are none", { pods: [] }, []],
  ["is unknown where it is", { pods: "unknown" as const }, "unknown"],
  ["is unknown where a row cannot be read", { pods: [], unreadablePods: 1 }, "unknown"],
  ["is unknown where one has no status", { pods: [pod({ status: "unknown" })] }, "unknown"],
])("what is shown of the pods %s", (_sentence, look, list) => {
  expect(wholeList(seen(look))).toEqual(list);
});

it("RunPod's own word is shown, and ours where it gave none", () => {
  expect(statusWordOf(pod({ status: "stopped", word: "DEAD" }))).toBe("DEAD");
  expect(statusWordOf(pod({ status: "stopped", word: undefined }))).toBe("stopped");
});
