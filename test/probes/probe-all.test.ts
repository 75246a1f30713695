import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Activity } from "#guard/model/account.ts";
import { type PodToProbe, probeAll } from "#probes/probe-all.ts";

const never = new AbortController().signal;
const quiet: Activity = { isActive: false, because: "", hasFailed: false, counters: {} };

function podsNamed(...ids: readonly string[]): readonly PodToProbe[] {
  return ids.map((podId) => ({ podId, podName: `name of ${podId}` }));
}

it("finds out about every pod, with the counters of the last time", async () => {
  const asked: unknown[] = [];
  const pods = [...podsNamed("a", "__proto__"), { podId: "b", podName: "B", counters: { n: 1 } }];

  const found = await probeAll(
    (pod, before) => {
      asked.push([pod.podId, pod.podName, before]);
      return Promise.resolve({ ...quiet, because: pod.podId });
    },
    pods,
    never,
  );

  expect(asked).toEqual([
    ["a", "name of a", {}],
    ["__proto__", "name of __proto__", {}],
    ["b", "B", { n: 1 }],
  ]);
  expect(Object.entries(found)).toEqual([
    ["a", { ...quiet, because: "a" }],
    ["__proto__", { ...quiet, because: "__proto__" }],
    ["b", { ...quiet, because: "b" }],
  ]);
});

it("asks four at once, and not more", async () => {
  let asking = 0;
  let most = 0;

  const found = await probeAll(
    async () => {
      asking += 1;
      most = Math.max(most, asking);
      await turn();
      asking -= 1;
      return quiet;
    },
    podsNamed("a", "b", "c", "d", "e", "f", "g", "h", "i"),
    never,
  );

  expect(most).toBe(4);
  expect(Object.keys(found).sort().join("")).toBe("abcdefghi");
});

it("leaves out those at which it was interrupted, and begins no more", async () => {
  const interruption = new AbortController();
  const asked: string[] = [];

  const found = await probeAll(
    async ({ podId }) => {
      asked.push(podId);
      await turn();
      if (podId === "b") interruption.abort();
      return interruption.signal.aborted ? "interrupted" : quiet;
    },
    podsNamed("a", "b", "c", "d", "e", "f"),
    interruption.signal,
  );

  expect(Object.keys(found)).toEqual(["a"]);
  expect(asked.join("")).toMatch(/^abcde?$/);
});

it("there is nothing to find out about no pods", async () => {
  expect(await probeAll(() => Promise.resolve(quiet), [], never)).toEqual({});
});
