import { expect, it } from "vitest";
import { endTable } from "#commands/pods/stop-table.ts";
import { pod } from "../../guard/samples.ts";

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
