import { expect, it } from "vitest";
import { drillFileOf, historyFileOf, leaseFileOf, samplesFileOf } from "#store/paths.ts";

it("everything stands in the state file's folder", () => {
  const files = [historyFileOf, samplesFileOf, leaseFileOf, drillFileOf];

  expect(files.map((of) => of("/home/me/.runpodboss/state.json"))).toEqual([
    "/home/me/.runpodboss/history.jsonl",
    "/home/me/.runpodboss/samples.jsonl",
    "/home/me/.runpodboss/leases.json",
    "/home/me/.runpodboss/drill.json",
  ]);
});
