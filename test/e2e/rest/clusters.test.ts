import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { NewCluster } from "#simulator/cluster.ts";
import { type Guard, guardWith, heardBy, pollMs, textOf, told, until } from "../guard.ts";

const hourMs = 3_600_000;

/** Two pods that were started together two hours ago. */
const clusterOf = (id: string, name: string): NewCluster => ({
  id,
  name,
  pods: [0, 1].map((n) => ({
    id: `${id}-${n}`,
    name: `${name}-node-${n}`,
    costPerHrUsd: 2,
    startedAtMs: Date.now() - 2 * hourMs,
  })),
});

async function accountWith(test: TestContext, more: object = {}): Promise<Guard> {
  const guard = await guardWith(test, {
    nowMs: () => Date.now(),
    pods: [{ id: "p1", name: "alone", costPerHrUsd: 1, startedAtMs: Date.now() }],
    clusters: [clusterOf("c1", "llama"), clusterOf("c2", "other")],
    notify: "",
    config: { claude_command: [], ...more },
  });
  guard.configure({ api: "rest", rest_url: guard.simulator.restUrl });
  return guard;
}

/** What was asked for beside looking. */
const changesIn = ({ simulator }: Guard) =>
  simulator.asked
    .filter(({ method, does }) => method !== "GET" || does === "stop" || does === "terminate")
    .map(({ method, path }) => `${method} ${path}`);

describe.concurrent("clusters over REST", () => {
  it("one that outstays its hard timeout is warned of, deleted once, and proven; another is left", async (test) => {
    const guards = {
      warn_minutes: (3 * pollMs) / 60_000,
      hard_timeout: { hours: 1, action: "terminate", clusters: ["llama"] },
    };
    const guard = await accountWith(test, { guards });
    const running = guard.watch();

    await told(guard, /terminated cluster llama \(c1\): hard timeout after 1 h/);

    expect(changesIn(guard)).toEqual(["DELETE /v2/clusters/c1"]);
    const heard = heardBy(guard);
    expect(heard.some((each) => /cluster llama \(c1\) will be terminated in/.test(each))).toBe(
      true,
    );
    expect(heard.filter((each) => each.includes("other"))).toEqual([]);
    expect(guard.simulator.account.cluster("c1")).toBeUndefined();
    expect(guard.simulator.account.pod("c2-0")?.status).toBe("RUNNING");
    const history = textOf(join(guard.folder, "history.jsonl")) ?? "";
    expect(history).toContain('"reason":"hard_timeout_1h"');
    running.signal("SIGTERM");
    await running.ended;
  });

  it("is left by a backstop, which tells what it costs and what a person may do", async (test) => {
    const threshold = { name: "low", below_usd: 50, prompt: "look" };
    const backstop = { action: "terminate", after_seconds: 0 };
    const guard = await accountWith(test, { thresholds: [{ ...threshold, backstop }] });
    guard.simulator.account.setBalance(10);
    const running = guard.watch();

    await told(guard, /cluster llama \(c1\), 2 pods, \$4\.00\/h: only a person may end it/);
    await until("the pod is gone", () => guard.simulator.account.pod("p1")?.status !== "RUNNING");

    expect(changesIn(guard)).toEqual(["DELETE /v2/pods/p1"]);
    running.signal("SIGTERM");
    await running.ended;
  });

  it("by hand: not stopped, no pod of it by itself, and terminated whole with one request", async (test) => {
    const guard = await accountWith(test);
    const command = (...args: readonly string[]) =>
      guard.call([...args.slice(0, 1), "-c", guard.config, ...args.slice(1)]).ended;

    const stopped = await command("stop", "-y", "llama");
    const member = await command("terminate", "-y", "llama-node-1");
    const leased = await command("lease", "c1-0", "1");
    const status = await command("status");
    const json = await command("status", "--json");
    const whole = await command("terminate", "-y", "llama");

    expect(stopped.stderr).toContain(
      "Cluster llama (c1) cannot be stopped, only terminated as a whole",
    );
    expect(member.stderr).toContain(
      "Pod llama-node-1 (c1-1) is one of the 2 pods of cluster llama",
    );
    expect(leased.stderr).toContain("Nothing can be done to it by itself");
    expect(status.stdout).toContain("cluster llama (c1), 2 pods, $4.00/h, ended only as a whole:");
    expect(JSON.parse(json.stdout)).toMatchObject({
      pods: [{ id: "p1" }, { id: "c1", cluster: { pods: [{ id: "c1-0" }, { id: "c1-1" }] } }, {}],
    });
    expect(whole).toMatchObject({ by: 0 });
    expect(whole.stdout).toContain("Terminated cluster llama (c1)");
    expect(changesIn(guard)).toEqual(["DELETE /v2/clusters/c1"]);
  });
});
