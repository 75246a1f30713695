import { expect, it } from "vitest";
import { endTable } from "#commands/pods/stop-table.ts";
import { cluster, pod } from "../../guard/samples.ts";

const known = { podId: "p1", podName: "trainer", uptimeMs: 8_100_000, costUsd: 3.3525 };
const unknown = { podId: "p2", podName: "b" };
const trainer = pod({ id: "p1", name: "trainer", costPerHrUsd: 1.49, hasNetworkVolume: false });
const other = pod({ id: "p2", name: "b", costPerHrUsd: undefined, hasNetworkVolume: undefined });
const off = pod({
  id: "p3",
  name: "c",
  status: "stopped",
  costPerHrUsd: 1,
  hasNetworkVolume: true,
});
const rows = [
  { pod: trainer, facts: known },
  { pod: other, facts: unknown },
  { pod: off, facts: { podId: "p3", podName: "c" } },
];

it("says what a stop erases, what it leaves to be paid, and what is not known", () => {
  expect(endTable("stop", rows, Infinity)).toBe(`\
  ID  NAME     RATE     UPTIME      COST SO FAR
  p1  trainer  $1.49/h  2 h 15 min  $3.35        LOSES its container disk; a volume disk stays, and costs
  p2  b        unknown  unknown     unknown      LOSES its container disk; a volume may stay, and cost (unknown)
  p3  c        -        (EXITED)    -            LOSES its container disk; its network volume stays, and costs`);
});

it("says what is lost when a pod is terminated", () => {
  expect(endTable("terminate", rows, Infinity)).toBe(`\
  ID  NAME     RATE     UPTIME      COST SO FAR
  p1  trainer  $1.49/h  2 h 15 min  $3.35        LOSES ITS DATA
  p2  b        unknown  unknown     unknown      may LOSE ITS DATA (network volume: unknown)
  p3  c        -        (EXITED)    -            keeps its network volume`);
});

it("shows a cluster with its pods, and no more of them than a person reads", () => {
  const facts = { podId: "c1", podName: "llama", uptimeMs: 3_600_000, costUsd: 4 };
  const members = Array.from({ length: 250 }, (_, n) => ({
    id: `m${n}`,
    name: `node-${n}`,
    status: "running" as const,
    word: "RUNNING",
    costPerHrUsd: n === 1 ? undefined : 2,
  }));
  const many = { pod: cluster({ cluster: { members } }), facts };
  const one = { pod: cluster({ cluster: { members: members.slice(0, 1) } }), facts };

  const lines = endTable("terminate", [many], 80).split("\n");

  expect(endTable("terminate", [one], Infinity)).toBe(`\
  ID    NAME    RATE     UPTIME     COST SO FAR
  c1    llama   $4.00/h  1 h 0 min  $4.00        A CLUSTER: its pod LOSES what no network volume holds
  - m0  node-0  $2.00/h  (RUNNING)               ends with its cluster`);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.join("\n")).toContain("and 230 more");
  expect(endTable("terminate", [many], Infinity)).toContain(
    "A CLUSTER: its 250 pods LOSE what no network volume holds",
  );
});
