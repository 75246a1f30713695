import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { identityOf } from "#process/identity.ts";
import type { NewPod } from "#simulator/pod.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { type Guard, guardWith } from "../e2e/guard.ts";
import { cameOf, connected, wordsOf } from "./connected.ts";

const hourMs = 3_600_000;
const nowMs = Date.now;
const config = {
  protect: ["db*"],
  guards: {
    lease: { max_hours: 8, action: "stop", pods: ["trainer", "db*"] },
    idle: { after_minutes: 30 },
  },
};
const pod = (id: string, more: Partial<NewPod> = {}): NewPod => ({
  id,
  costPerHrUsd: 2,
  startedAtMs: Date.now() - hourMs,
  ...more,
});

async function with3(test: TestContext): Promise<Guard> {
  const pods = [
    pod("p1", { name: "trainer" }),
    pod("p2", { name: "twin" }),
    pod("p3", { name: "twin" }),
    pod("p4", { name: "db-main" }),
  ];
  return guardWith(test, { nowMs, config, pods });
}

async function historyOf({ folder }: Guard) {
  const { records } = await readHistory(join(folder, "history.jsonl"), 0);
  return records.filter(({ reason }) => reason === "manual");
}

function bookOf({ folder }: Guard) {
  return createLeaseFile(join(folder, "leases.json"), identityOf).read();
}

describe.concurrent("extend", () => {
  it("adds hours to a lease, says until when, and who asked stands in the history", async (test) => {
    const guard = await with3(test);
    await guard.command("lease", "p1", "2");
    const { call } = await connected(test, guard);

    const result = await call("extend", { pod: "trainer", hours: 1.5 });

    expect(cameOf(result)).toEqual({
      pod_id: "p1",
      pod_name: "trainer",
      ends_at: expect.any(String) as unknown,
      acts_at: expect.any(String) as unknown,
      action: "stop",
      is_locked: false,
      minutes_left: expect.closeTo(210, 0) as unknown,
      minutes_more: expect.closeTo(210, 0) as unknown,
      cost_per_hr_usd: 2,
      cost_until_then_usd: expect.closeTo(7, 1) as unknown,
      ends_sooner_by: null,
      ends_sooner_at: null,
      daemon_is_running: false,
      warnings: [expect.stringMatching(/^the daemon is not running, so nothing stops the pod/)],
    });
    expect(wordsOf(result)).toMatch(
      /^The lease of pod trainer \(p1\) ends at .*, in 3 h 30 min\. Then the pod is stopped\.\n/,
    );
    expect((await historyOf(guard)).at(-1)).toMatchObject({
      type: "extend",
      because: expect.stringMatching(
        /^extended by 1 h 30 min by an agent, test-client on /,
      ) as unknown,
      run: { podId: "p1" },
    });
  });

  it.for([
    ["a pod that is not there", { pod: "nobody", hours: 1 }, /^There is no pod "nobody"\.\n/],
    ["the start of a name", { pod: "train", hours: 1 }, /^There is no pod "train"\.\n/],
    ["two of one name", { pod: "twin", hours: 1 }, /^"twin" matches 2 pods\.\nUse an id:\n/],
    [
      "a pod of no lease guard",
      { pod: "p2", hours: 1 },
      /: guards\.lease\.pods does not match it\.\nWhat only the person you work for can do:\nAdd it to /,
    ],
    ["a protected pod", { pod: "p4", hours: 1 }, /it is protected, so no guard stops it\.\n/],
    ["more than max_hours", { pod: "p1", hours: 9 }, /can get at most .* max_hours is 8/],
    ["no hours at all", { pod: "p1", hours: 0 }, /^Input validation error: .*hours/],
    ["hours in words", { pod: "p1", hours: "2" }, /^Input validation error: .*hours/],
    ["an argument too many", { pod: "p1", hours: 1, force: true }, /Unrecognized key: "force"/],
  ] as const)("refuses %s, as a result, and changes nothing", async ([, args, words], test) => {
    const guard = await with3(test);
    await guard.command("lease", "p1", "2");
    const before = await bookOf(guard);
    const { call, said } = await connected(test, guard);

    const result = await call("extend", args);

    expect(result.isError).toBe(true);
    expect(wordsOf(result)).toMatch(words);
    expect(await bookOf(guard)).toEqual(before);
    expect(said).toEqual([]);
  });
});

describe.concurrent("touch", () => {
  it("marks a pod as active, and who asked stands in the history", async (test) => {
    const guard = await with3(test);
    const { call } = await connected(test, guard);

    const result = await call("touch", { pod: "p1" });

    expect(cameOf(result)).toMatchObject({
      pod_id: "p1",
      pod_name: "trainer",
      daemon_is_running: false,
    });
    expect(Object.keys((await bookOf(guard)).touchedAtMs)).toEqual(["p1"]);
    expect((await historyOf(guard)).at(-1)).toMatchObject({
      type: "touch",
      because: expect.stringMatching(
        /^counts as active from now on, touched by an agent, test-client on /,
      ) as unknown,
    });
  });

  it("refuses a pod that does not run", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { status: "EXITED" })] });
    const { call } = await connected(test, guard);

    expect(cameOf(await call("touch", { pod: "p1" }))).toEqual({
      error: expect.stringMatching(/is not running/) as unknown,
    });
  });
});
