import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { endsAskedOf, type Guard, guardWith } from "../e2e/guard.ts";
import { cameOf, connected, wordsOf } from "./connected.ts";

const nowMs = Date.now;
const pod = (id: string, more: Partial<NewPod> = {}): NewPod => ({
  id,
  costPerHrUsd: 2,
  startedAtMs: Date.now() - 3_600_000,
  ...more,
});
const pods = [
  pod("p1", { name: "trainer" }),
  pod("p2", { name: "twin" }),
  pod("p3", { name: "twin" }),
  pod("p4", { name: "db-main" }),
  pod("p5", { name: "over", status: "EXITED" }),
];
const config = { protect: ["db*"] };

async function endsIn({ folder }: Guard) {
  const { records } = await readHistory(join(folder, "history.jsonl"), 0);
  return records.filter(({ type }) => type === "stop" || type === "termination");
}

describe.concurrent("stop", () => {
  it("ends one pod, proves it, and who asked stands in the history", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    const { client } = await connected(test, guard);
    const progress: unknown[] = [];

    const result = await client.callTool(
      { name: "stop", arguments: { pod: "trainer" } },
      { onprogress: ({ message }) => progress.push(message) },
    );

    expect(cameOf(result)).toEqual({
      pod_id: "p1",
      pod_name: "trainer",
      result: "ended",
      because: expect.any(String) as unknown,
      uptime_minutes: expect.closeTo(60, 0) as unknown,
      cost_usd: expect.closeTo(2, 1) as unknown,
      keeps: expect.stringMatching(/^LOSES its container disk/) as unknown,
      warnings: [],
    });
    expect(wordsOf(result)).toMatch(
      /^Stopped pod trainer \(p1\): ran 1 h 0 min, cost \$2\.0\d; the pod is EXITED;/,
    );
    expect(progress).toEqual(["polling", "asked RunPod to stop it, waiting for proof"]);
    expect(endsAskedOf(guard)).toEqual(["p1"]);
    expect(await endsIn(guard)).toMatchObject([
      {
        type: "stop",
        because: expect.stringMatching(/^by an agent, test-client on \S+; /),
        run: { podId: "p1" },
      },
    ]);
  });

  it("says of one that ended before that it was over, and asks RunPod for nothing", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    const { call } = await connected(test, guard);

    expect(cameOf(await call("stop", { pod: "p5" }))).toMatchObject({
      result: "already_ended",
      because: "Nothing to stop: pod over (p5) is already EXITED",
    });
    expect(endsAskedOf(guard)).toEqual([]);
  });

  it.for([
    [
      "a protected pod",
      { pod: "p4" },
      /^Pod db-main \(p4\) is protected\. Nothing was changed\.\n/,
    ],
    ["a pod that is not there", { pod: "nobody" }, /^There is no pod "nobody"\.\n/],
    ["the start of an id", { pod: "p" }, /^There is no pod "p"\.\n/],
    ["two of one name", { pod: "twin" }, /^"twin" matches 2 pods\.\nUse an id:\n/],
    ["a list of pods", { pod: ["p1", "p2"] }, /^Input validation error: /],
    ["all of them", { pod: "p1", all: true }, /Unrecognized key: "all"/],
    ["none", {}, /^Input validation error: /],
    ["an empty name", { pod: "" }, /^Input validation error: /],
  ] as const)("refuses %s, and asks RunPod for nothing", async ([, args, words], test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    const { call } = await connected(test, guard);

    const result = await call("stop", args);

    expect(result.isError).toBe(true);
    expect(wordsOf(result)).toMatch(words);
    expect(endsAskedOf(guard)).toEqual([]);
  });

  it("is an error when no poll proves it, and says that the pod may still run", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    guard.simulator.failAll("stop-lies", "mutations");
    const { call } = await connected(test, guard);

    expect(cameOf(await call("stop", { pod: "p1" }))).toEqual({
      error: expect.stringMatching(
        /^Not proven stopped: pod trainer \(p1\): .*\nIt may still run and cost money\./s,
      ) as unknown,
    });
    expect(await endsIn(guard)).toEqual([]);
  });
});
