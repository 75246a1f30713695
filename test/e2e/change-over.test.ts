import { describe, expect, it, type TestContext } from "vitest";
import { type Guard, guardWith, type Running, told, until } from "./guard.ts";

const backstop = { action: "stop", after_seconds: 0.2 };
const thresholds = [
  { name: "warning", below_usd: 10, prompt: "{name}" },
  { name: "emergency", below_usd: 2, prompt: "{name}", backstop },
];

/** A guard for which either interface may decide. */
async function guardWithBoth(test: TestContext): Promise<Guard> {
  const pods = [
    { id: "p1", name: "trainer", costPerHrUsd: 1.49 },
    { id: "k1", name: "keep-me", costPerHrUsd: 1 },
  ];
  const guard = await guardWith(test, { notify: "", pods, balanceUsd: 20 });
  guard.configure({
    api: "auto",
    runpod_url: guard.simulator.url,
    rest_url: guard.simulator.restUrl,
    protect: ["keep-*"],
    thresholds,
  });
  return guard;
}

async function end(running: Running): Promise<void> {
  running.signal("SIGTERM");
  await running.ended;
}

describe.concurrent("when GraphQL retires while the balance falls", () => {
  it("the guard goes on, tells it, stops what it must, and goes back when it is told to", async (test) => {
    const guard = await guardWithBoth(test);
    const { simulator } = guard;
    const first = guard.watch();
    await first.said("rehearsal of REST v2 worked");

    simulator.account.setBalance(9);
    await told(guard, /^warning/);
    simulator.retire("graphql");
    simulator.account.setBalance(1);
    await told(guard, /RunPod has ended GraphQL .* through REST v2 in place of GraphQL/);
    await told(guard, /^emergency/);
    await first.said("pod ended", { podId: "p1" });
    await end(first);

    const status = await guard.command("status");
    const refused = await guard.command("check", "--api", "graphql");
    const asked = simulator.asked.length;
    const second = guard.watch();
    await until("the next polls", () => simulator.asked.length > asked + 5);
    await end(second);
    const later = simulator.asked.slice(asked);
    simulator.retire("graphql", Infinity);
    const back = await guard.command("check", "--api", "graphql");
    const third = guard.watch();
    await told(guard, /check --api graphql succeeded .* through GraphQL in place of REST v2/);
    await end(third);

    const how = simulator.account.ended().map(({ podId }) => podId);
    expect(how).toEqual(["p1"]);
    expect(simulator.account.pod("k1")?.status).toBe("RUNNING");
    expect(status.stdout).toMatch(/interface: REST v2 decides since .* \(RunPod has ended GraphQL/);
    expect(refused).toMatchObject({ by: 2 });
    expect(new Set(later.map(({ api }) => api))).toEqual(new Set(["rest"]));
    expect(back.stdout).toContain("GraphQL decides again once you restart the daemon");
    expect(
      guard.calls("notify").filter(({ args }) => /through REST v2/.test(args[0] ?? "")),
    ).toHaveLength(1);
  });
});
