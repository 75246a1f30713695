import { describe, expect, it } from "vitest";
import { apiKey, guardWith } from "./guard.ts";

const withRest = { claude_command: [] };

describe.concurrent("runpodboss audit", () => {
  it("tells all that burns and what ends it, changes nothing, and keeps the key", async (test) => {
    const guard = await guardWith(test, {
      nowMs: () => Date.now(),
      balanceUsd: 50,
      pods: [
        { id: "p1", name: "trainer", costPerHrUsd: 1.5 },
        { id: "p2", name: "old", costPerHrUsd: 0.4, status: "EXITED", volumeInGb: 300 },
      ],
      clusters: [{ id: "c1", name: "big", pods: [{ costPerHrUsd: 2 }, { costPerHrUsd: 2 }] }],
      config: withRest,
    });
    const { simulator } = guard;
    simulator.account.addNetworkVolume({ id: "v1", name: `lo\u202est ${apiKey}`, sizeGb: 300 });
    simulator.account.addEndpoint({ id: "e1", name: "my-llm", workersMin: 2 });
    guard.configure({ rest_url: simulator.restUrl });

    const { by, stdout, stderr } = await guard.command("audit");
    const json = await guard.command("audit", "--json");

    expect(by).toBe(0);
    for (const words of [
      /about \$52\.80 +serverless endpoint +my-llm +e1/,
      /\$96\.00 +cluster +big +c1/,
      /\$36\.00 +pod +trainer +p1/,
      /about \$2\.00 +stopped pod +old +p2/,
      /about \$0\.70 +network volume .*ATTACHED TO NOTHING/,
    ]) {
      expect(stdout).toMatch(words);
    }
    expect(stdout + stderr + json.stdout).not.toContain(apiKey);
    const onRest = simulator.asked.filter(({ api }) => api === "rest");
    expect(new Set(onRest.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(simulator.asked.filter(({ does }) => does === "stop" || does === "terminate")).toEqual(
      [],
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ error: null, total_per_day_usd: 187.5 });
  });

  it("is done by the daemon too, when something burns that no pod explains", async (test) => {
    const guard = await guardWith(test, {
      nowMs: () => Date.now(),
      balanceUsd: 0.4,
      otherBurnPerHrUsd: 0.5,
      notify: "",
      config: {
        claude_command: [],
        thresholds: [
          {
            name: "emergency",
            below_usd: 0.5,
            prompt: "x",
            backstop: { action: "stop", after_seconds: 0 },
          },
        ],
      },
    });
    guard.simulator.account.addEndpoint({ id: "e1", name: "my-llm", workersMin: 1 });
    guard.configure({ rest_url: guard.simulator.restUrl });
    const longAgo = Date.now() - 600_000;
    const saved = {
      fired: { emergency: true },
      trippedAtMs: { emergency: longAgo },
      saidAtMs: { "burn:since": longAgo },
    };
    guard.write("state.json", JSON.stringify(saved));

    await guard.watch("--once").ended;

    expect(JSON.parse(guard.runs() ?? "")).toMatchObject({
      audited: { words: "serverless endpoint my-llm (e1), about $26.40/day" },
    });
  });
});
