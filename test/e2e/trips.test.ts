import { statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guardWith, linesOf } from "./guard.ts";

const names = ["warning", "critical", "emergency"];
const fired = (...which: readonly string[]) => ({
  fired: Object.fromEntries(names.map((name) => [name, which.includes(name)])),
  owed: [],
});

describe.concurrent("a trip, seen from outside,", { timeout: 30_000 }, () => {
  it("calls the notify command and the agent, whose last argument is the prompt", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9.8234, notify: "" });
    guard.configure({
      claude_command: [...guard.program("agent", ""), "-p"],
      thresholds: [{ name: "low", below_usd: 10, prompt: "only ${balance:.2f} left" }],
    });

    const { by, stdout, stderr, lines } = await guard.watch("--once").ended;

    expect(by, stderr).toBe(0);
    expect(stdout).toBe("");
    expect(guard.calls("notify")).toMatchObject([{ args: ["low", "9.8234"] }]);
    expect(guard.calls("agent")).toMatchObject([{ args: ["-p", "only $9.82 left"] }]);
    expect(lines.map(({ msg }) => msg).slice(0, 3)).toEqual([
      "watching",
      "threshold tripped",
      "looked",
    ]);
    expect(linesOf(lines, "threshold tripped")).toMatchObject([
      {
        level: "warn",
        threshold: "low",
        belowUsd: 10,
        balanceUsd: 9.8234,
        because: "balance $9.8234 is below $10.00",
      },
    ]);
    expect(linesOf(lines, "agent done")).toMatchObject([{ level: "info", threshold: "low" }]);
    expect(linesOf(lines, "notify command done")).toHaveLength(1);
  });

  it("gives the programs a standard input that is at its end", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: "" });

    await guard.watch("--once").ended;

    expect([...guard.calls("agent"), ...guard.calls("notify")]).toMatchObject([
      { input: "" },
      { input: "" },
    ]);
  });

  it("is kept in a state file that only its owner reads, with nothing owed any more", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });

    await guard.watch("--once").ended;

    expect(JSON.parse(guard.state() ?? "")).toEqual(fired("warning"));
    expect(statSync(guard.stateFile).mode & 0o777).toBe(0o600);
  });

  it("does not come again until the balance was back, across runs", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    const once = async (balanceUsd: number) => {
      guard.simulator.account.setBalance(balanceUsd);
      const { lines } = await guard.watch("--once").ended;
      return [guard.calls("agent").length, linesOf(lines, "threshold re-armed").length];
    };

    expect([
      await once(9),
      await once(8.5),
      await once(10),
      await once(9.99),
      await once(9.98),
    ]).toEqual([
      [1, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 0],
    ]);
  });

  it.for<[string, number, readonly string[]]>([
    ["exactly at the line: none", 10, []],
    ["a cent below: one", 9.99, ["warning"]],
    ["below zero: all", -3, ["emergency", "critical", "warning"]],
    ["at zero: all", 0, ["emergency", "critical", "warning"]],
  ])("calls for %s", async ([_sentence, balanceUsd, expected], test) => {
    const guard = await guardWith(test, { balanceUsd });

    expect(await guard.watch("--once").ended).toMatchObject({ by: 0 });

    expect(guard.calls("agent").map(({ args }) => args.at(-1))).toEqual(expected);
    expect(JSON.parse(guard.state() ?? "")).toEqual(fired(...expected));
  });

  it("of all three in one look comes in the order of the lines, the emergency's agent first, one agent at a time", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 0.4, agent: "stay(150);", notify: "" });
    writeFileSync(guard.stateFile, JSON.stringify({ fired: {} }));

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "threshold tripped").map(({ threshold }) => threshold)).toEqual(names);
    const calls = guard.calls("agent");
    expect(calls.map(({ args }) => args.at(-1))).toEqual(["emergency", "critical", "warning"]);
    for (const [n, { startedAtMs }] of calls.entries()) {
      expect(startedAtMs).toBeGreaterThanOrEqual(calls[n - 1]?.endedAtMs ?? 0);
    }
    expect(guard.calls("notify").map(({ args }) => args[0])).toHaveLength(3);
    expect(linesOf(lines, "looked")).toMatchObject([{ cycle: 1, fired: names }]);
  });

  it("calls a more severe agent at once beside a milder one, and a milder one only after it", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 1.5, agent: "stay();" });
    const running = guard.watch();
    const critical = await guard.called("agent");

    guard.simulator.account.setBalance(0.4);
    await running.said("looked", { cycle: 2 });
    const emergency = await guard.called("agent", 2);
    running.signal("SIGTERM");
    await running.ended;

    expect([critical, emergency].map(({ args }) => args.at(-1))).toEqual(["critical", "emergency"]);
    // The warning waits behind both, and stays owed.
    expect(guard.calls("agent")).toHaveLength(2);
  });

  it("tells an agent that had to wait of the account as it was last seen", async (test) => {
    const thresholds = [
      { name: "warning", below_usd: 10, prompt: "{name} {balance:.2f} {pods_json}" },
      { name: "critical", below_usd: 2, prompt: "{name} {balance:.2f}" },
    ];
    const agent = `if (process.argv.at(-1).startsWith("critical")) stay(7_000);`;
    const pods = [{ id: "a1", costPerHrUsd: 1 }];
    const guard = await guardWith(test, { balanceUsd: 1.5, pods, agent, config: { thresholds } });
    const running = guard.watch();
    await guard.called("agent");

    guard.simulator.account.setBalance(1.2);
    guard.simulator.account.terminatePod("a1");
    const waited = await guard.called("agent", 2);
    running.signal("SIGTERM");
    await running.ended;

    expect(waited.args).toEqual(["warning 1.20 []"]);
  });

  it("never holds up the next look: with an agent at work they come every 5 s", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: "stay(12_000);" });
    const running = guard.watch();

    await running.said("looked", { cycle: 3 });

    const [one, two, three] = guard.simulator.queries.map(({ atMs }) => atMs);
    expect(guard.calls("agent")).toMatchObject([{ endedAtMs: undefined }]);
    expect(Math.abs((two ?? 0) - (one ?? 0) - 5_000)).toBeLessThan(1_500);
    expect(Math.abs((three ?? 0) - (two ?? 0) - 5_000)).toBeLessThan(1_500);
    running.signal("SIGTERM");
    await running.ended;
  });

  it("forgets thresholds that left the config, and takes a renamed one for new", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    await guard.watch("--once").ended;

    guard.configure({ thresholds: [{ name: "renamed", below_usd: 10, prompt: "{name}" }] });
    await guard.watch("--once").ended;

    expect(JSON.parse(guard.state() ?? "")).toEqual({ fired: { renamed: true }, owed: [] });
    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["warning"], ["renamed"]]);
  });

  it("without an agent or a notify command in the config is logged and kept all the same", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, config: { claude_command: [] } });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "threshold tripped")).toHaveLength(1);
    expect(JSON.parse(guard.state() ?? "")).toEqual(fired("warning"));
  });
});
