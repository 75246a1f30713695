import { basename } from "node:path";
import { expect, it } from "vitest";
import {
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  samplesFileOf,
  sharedBefore,
  stateNameOf,
} from "#store/paths.ts";

const files = [historyFileOf, samplesFileOf, leaseFileOf, drillFileOf, channelsFileOf, runsFileOf];

it("everything stands in the state file's folder", () => {
  expect(files.map((of) => of("/home/me/.runpodboss/state.json"))).toEqual([
    "/home/me/.runpodboss/history.jsonl",
    "/home/me/.runpodboss/samples.jsonl",
    "/home/me/.runpodboss/leases.json",
    "/home/me/.runpodboss/drill.json",
    "/home/me/.runpodboss/channels.json",
    "/home/me/.runpodboss/runs.json",
  ]);
});

it.each([
  [
    "another name",
    "lab.json",
    "lab.history.jsonl lab.samples.jsonl lab.leases.json lab.drill.json lab.channels.json",
  ],
  ["no ending", "lab", "lab.history lab.samples lab.leases lab.drill lab.channels"],
  [
    "dots in its name",
    "a.b.json",
    "a.b.history.jsonl a.b.samples.jsonl a.b.leases.json a.b.drill.json a.b.channels.json",
  ],
])("a state file with %s has files of its own", (_sentence, name, expected) => {
  const names = files.map((of) => basename(of(`/guards/${name}`)));

  expect(names.slice(0, 5).join(" ")).toBe(expected);
});

it("no two state files of a folder share a file, and each file tells whose it is", () => {
  const states = [
    "state.json",
    "state",
    "lab.json",
    "lab",
    "lab.state.json",
    "lab.jsonl",
    "x.json.json",
  ];

  const all = states.flatMap((state) =>
    files.map((of) => [of(`/guards/${state}`), state] as const),
  );

  expect(new Set(all.map(([path]) => path)).size).toBe(all.length);
  expect(all.map(([path]) => stateNameOf(path))).toEqual(all.map(([, state]) => state));
});

it("what version 0.1 shared among the state files of a folder is known by name", () => {
  expect(sharedBefore("/guards/lab.leases.json")).toBe("/guards/leases.json");
  expect(sharedBefore("/guards/leases.json")).toBeUndefined();
  expect(sharedBefore("/guards/lab.leases")).toBeUndefined();
});
