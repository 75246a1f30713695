import { describe, expect, it } from "vitest";
import { guardWith, until } from "./guard.ts";

describe.concurrent("while a change-over goes on", () => {
  it("status, check and stop say what the guard knows of pods that only one interface lists", async (test) => {
    const startedAtMs = Date.now() - 7_200_000;
    const pods = [
      { id: "both", name: "trainer", costPerHrUsd: 1 },
      { id: "only1", name: "by-graphql", costPerHrUsd: 3 },
      { id: "only2", name: "by-rest", costPerHrUsd: 4 },
    ].map((pod) => ({ ...pod, startedAtMs }));
    const guard = await guardWith(test, { notify: "", pods, balanceUsd: 100, nowMs: Date.now });
    const { simulator } = guard;
    const urls = { api: "auto", runpod_url: simulator.url, rest_url: simulator.restUrl };
    guard.configure({ ...urls, claude_command: [] });
    simulator.show("graphql", { hiddenPodIds: ["only2"] });
    simulator.show("rest", { hiddenPodIds: ["only1"] });
    const running = guard.watch();
    const asked = (api: string) => simulator.asked.filter((each) => each.api === api).length;
    await until("polls", () => asked("graphql") > 6);
    simulator.retire("graphql");
    const soFar = asked("rest");
    await until("polls of REST", () => asked("rest") > soFar + 8);
    running.signal("SIGTERM");
    await running.ended;
    // Long over: without the doubt it would be shown as being stopped.
    const hardTimeout = { hours: 1, action: "stop", pods: ["by-*"] };
    guard.configure({ ...urls, claude_command: [], guards: { hard_timeout: hardTimeout } });

    const [status, check] = [await guard.command("status"), await guard.command("check")];
    const json = await guard.command("status", "--json");
    const all = await guard.command("stop", "--all");
    const awaited = await guard.command("stop", "by-graphql", "-y");
    const disputed = await guard.command("stop", "only2", "-y");

    expect(status.stdout).toMatch(/^only2 +by-rest .* RUNNING +2h 0m +- +\? /m);
    expect(status.stdout).toMatch(/^only1 +by-graphql .* \? +\? +\? +\? /m);
    const goesOn =
      "change-over from GraphQL to REST v2 goes on: REST v2 does not list pod by-graphql (only1)";
    for (const { stdout } of [status, check]) {
      expect(stdout).toContain("burn: unknown");
      expect(stdout).toContain(goesOn);
    }
    expect(check.stdout).toMatch(/by-rest \(only2\).* only you stop it: .* stop only2/);
    expect(check.stdout).toMatch(/by-rest \(only2\) runs for 1 h .* nothing is stopped/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      burn_per_hr_usd: null,
      change_over: {
        from: "graphql",
        to: "rest",
        not_listed_any_more: ["only1"],
        not_listed_before: ["only2"],
      },
    });
    expect(all.stdout).toContain("Skipped pod by-rest (only2): why GraphQL did not list it");
    expect(all.stdout).toContain("Skipped pod by-graphql (only1): why REST v2 does not list it");
    expect(awaited).toMatchObject({ by: 2 });
    expect(awaited.stderr).toContain("It ran before RunPod's interface changed over");
    expect(disputed).toMatchObject({ by: 0 });
    expect(simulator.account.ended().map(({ podId }) => podId)).toEqual(["only2"]);
  });
});
