import { describe, expect, it } from "vitest";
import { podIdsOf } from "#commands/history/pods.ts";
import type { HistoryRecord } from "#guard/model/run.ts";

const records = [
  ["abc1", "trainer"],
  ["abd2", "sdxl"],
  ["x9", "trainer"],
  ["sdxl", "eval"],
].map(([podId = "", podName = ""], n): HistoryRecord => ({
  id: String(n),
  atMs: n,
  type: "start",
  reason: null,
  because: "started",
  run: { podId, podName },
}));

describe("a pod in the history", () => {
  it.each([
    ["by its id", "abc1", ["abc1"]],
    ["by its id, whoever else is called so", "sdxl", ["sdxl"]],
    ["by its name, which several had", "trainer", ["abc1", "x9"]],
    ["by the beginning of its id", "abd", ["abd2"]],
  ])("is found %s", (_sentence, wanted, ids) => {
    expect([...podIdsOf(wanted, records, "h")]).toEqual(ids);
  });

  it.each([
    ["nobody is called so", "nobody", `No pod in h is called "nobody".`],
    ["nothing was said", "", `No pod in h is called "".`],
    ["several begin so", "ab", "ab matches pods trainer (abc1), sdxl (abd2)."],
  ])("is refused when %s", (_sentence, wanted, message) => {
    expect(() => podIdsOf(wanted, records, "h")).toThrow(message);
  });
});
