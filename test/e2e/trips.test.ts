import { statSync, writeFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { isAlive } from "../process/programs.ts";
import {
  type Json,
  byApi,
  guardWith,
  heardBy,
  linesOf,
  looksOf,
  until,
  failing,
  staying,
  pollMs,
} from "./guard.ts";

const names = ["warning", "critical", "emergency"];
/** All that a state file holds once everything is settled, on an account without pods. */
const settledWith = (...which: readonly string[]) => ({
  inForce: expect.anything(),
  version: 2,
  runpodboss: expect.any(String),
  fired: Object.fromEntries(names.map((name) => [name, which.includes(name)])),
  owed: [],
  trippedAtMs: Object.fromEntries(which.map((name) => [name, expect.any(Number)])),
  saidAtMs: {},
  runs: [],
  lookedAtMs: expect.any(Number),
  podsSeenAtMs: expect.any(Number),
  podsKnownAtMs: expect.any(Number),
  shown: expect.anything(),
  falls: expect.anything(),
  ...(inject("api") === "rest" && { source: expect.anything() }),
  unconfirmed: [],
  kept: {},
  guardEndsAtMs: [],
  lostNotices: [],
  unrecorded: [],
  recordCount: expect.any(Number),
  // Who decides is kept where it is not GraphQL.
  ...byApi({ graphql: {}, rest: { source: expect.anything() } }),
});

const critical = { name: "critical", below_usd: 2, prompt: "{name}" };
const minuteMs = 60_000;

/** What a state file holds while the agent of a trip was tried so often, in vain. */
function owingAnAgent(tries: number, notBeforeMs: number): string {
  const trippedAtMs = Date.now() - 30 * minuteMs;
  const because = "balance $1.00 is below $2.00";
  return JSON.stringify({
    fired: { critical: true },
    trippedAtMs: { critical: trippedAtMs },
    owed: [
      {
        kind: "call-agent",
        id: "call-agent:critical:1",
        threshold: "critical",
        belowUsd: 2,
        balanceUsd: 1,
        because,
        tries,
        notBeforeMs,
      },
    ],
  });
}

describe.concurrent("a trip, seen from outside,", () => {
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
      "daemon started",
      "threshold tripped",
      "polled",
    ]);
    expect(linesOf(lines, "threshold tripped")).toMatchObject([
      {
        level: "warn",
        threshold: "low",
        belowUsd: 10,
        balanceUsd: 9.8234,
        because: "balance $9.82 is below $10.00",
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

    expect(guard.saved()).toEqual(settledWith("warning"));
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
    ["a cent below: one", 9.99, ["warning"]],
    ["below zero: all", -3, ["emergency", "critical", "warning"]],
  ])("calls for %s", async ([_sentence, balanceUsd, expected], test) => {
    const guard = await guardWith(test, { balanceUsd });

    expect(await guard.watch("--once").ended).toMatchObject({ by: 0 });

    expect(guard.calls("agent").map(({ args }) => args.at(-1))).toEqual(expected);
    const { zeroSinceMs, ...saved } = guard.saved() as object as { zeroSinceMs?: number };
    expect(saved).toEqual(settledWith(...expected));
    expect(zeroSinceMs !== undefined).toBe(balanceUsd <= 0);
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
    expect(linesOf(lines, "polled")).toMatchObject([{ cycle: 1, fired: names }]);
  });

  it("calls a more severe agent at once beside a milder one, and a milder one only after it", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 1.5, agent: staying });
    const running = guard.watch();
    const critical = await guard.called("agent");

    guard.simulator.account.setBalance(0.4);
    await running.said("polled", { cycle: 2 });
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
    const agent = `if (process.argv.at(-1).startsWith("critical")) untilOpen("gate");`;
    const pods = [{ id: "a1", costPerHrUsd: 1 }];
    const guard = await guardWith(test, { balanceUsd: 1.5, pods, agent, config: { thresholds } });
    const running = guard.watch();
    await guard.called("agent");

    guard.simulator.account.setBalance(1.2);
    guard.simulator.account.terminatePod("a1");
    await running.said("polled", { balanceUsd: 1.2, pods: 0 });
    guard.open("gate");
    const waited = await guard.called("agent", 2);
    running.signal("SIGTERM");
    await running.ended;

    expect(waited.args).toEqual(["warning 1.20 []"]);
  });

  it("never holds up the next look: with an agent at work they go on", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    const running = guard.watch();
    await guard.called("agent");

    await running.said("polled", { cycle: looksOf(guard).length + 2 });

    expect(guard.calls("agent")).toMatchObject([{ endedAtMs: undefined }]);
    running.signal("SIGTERM");
    await running.ended;
  });

  it("forgets thresholds that left the config, and takes a renamed one for new", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    await guard.watch("--once").ended;

    guard.configure({ thresholds: [{ name: "renamed", below_usd: 10, prompt: "{name}" }] });
    await guard.watch("--once").ended;

    expect(guard.saved()).toEqual({
      ...settledWith(),
      fired: { renamed: true },
      trippedAtMs: { renamed: expect.any(Number) },
    });
    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["warning"], ["renamed"]]);
  });

  it("without an agent or a notify command in the config is logged and kept all the same", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, config: { claude_command: [] } });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "threshold tripped")).toHaveLength(1);
    expect(guard.saved()).toEqual(settledWith("warning"));
  });
});

const working = { id: "a1", name: "trainer", costPerHrUsd: 0.01 };

describe.concurrent("an agent is tried again with the next look, and then no more:", () => {
  it.for<[string, object, string, string]>([
    [
      "one that is missing",
      { claude_command: ["no-such-agent"] },
      "",
      '"no-such-agent" was not found on PATH',
    ],
    ["one that fails", {}, failing(7), "exit 7 after"],
    ["one that hangs", { claude_timeout_seconds: 0.3 }, staying, "timed out after 0.3 s; killed"],
  ])("%s, with claude_attempts 2", async ([_sentence, config, agent, because], test) => {
    const guard = await guardWith(test, { balanceUsd: 1, agent, notify: "", pods: [working] });
    guard.configure({ thresholds: [critical], claude_attempts: 2, ...config });
    const running = guard.watch();

    const first = await running.said("agent failed", { try: 1 });
    const second = await running.said("agent failed", { try: 2 });
    // That it is missing is told at the start, apart from its failures.
    const heard = () => heardBy(guard).filter((each) => !each.startsWith("trouble: "));
    await until("both failures are told", () => heard().length === 3);
    await until("nothing is owed", () => guard.saved().owed.length === 0);
    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect([first["again"], second["again"]]).toEqual([true, false]);
    expect(heard().toSorted()).toEqual([
      "critical",
      expect.stringContaining(`critical: agent failed (try 1 of 2): ${because}`),
      expect.stringContaining(`critical: agent failed (try 2 of 2): ${because}`),
    ]);
    const between = lines.slice(lines.indexOf(first), lines.indexOf(second));
    expect(between.map(({ msg }) => msg)).toContain("polled");
  });

  it.for<[string, number, readonly string[], number]>([
    [
      "a third time once five minutes are over",
      -1,
      ["critical: agent failed (try 3 of 3): exit 7 "],
      0,
    ],
    ["not before they are over", minuteMs, [], 1],
  ])("%s, also across a restart", async ([_sentence, inMs, told, owed], test) => {
    const agent = failing(7);
    const guard = await guardWith(test, { balanceUsd: 1, agent, notify: "", pods: [working] });
    guard.configure({ thresholds: [critical] });
    writeFileSync(guard.stateFile, owingAnAgent(2, Date.now() + inMs));

    expect(await guard.watch("--once").ended).toMatchObject({ by: told.length });

    expect(guard.calls("agent")).toHaveLength(told.length);
    expect(heardBy(guard)).toEqual(told.map((words) => expect.stringContaining(words) as string));
    expect(guard.saved().owed).toHaveLength(owed);
  });

  it("unless it works then, which is told to nobody", async (test) => {
    const failed = `home + "/failed"`;
    const once = `if (!existsSync(${failed})) { writeFileSync(${failed}, ""); process.exitCode = 7; }`;
    const guard = await guardWith(test, {
      balanceUsd: 1,
      agent: once,
      notify: "",
      pods: [working],
    });
    guard.configure({ thresholds: [critical] });
    const running = guard.watch();

    await running.said("agent done");
    await until("nothing is owed", () => guard.saved().owed.length === 0);
    running.signal("SIGTERM");
    await running.ended;

    expect(guard.calls("agent")).toHaveLength(2);
    expect(heardBy(guard).toSorted()).toEqual([
      "critical",
      expect.stringContaining("(try 1 of 3)"),
    ]);
  });

  it("and not if the balance has recovered before it could be", async (test) => {
    const agent = failing(7);
    const guard = await guardWith(test, { balanceUsd: 1, agent, notify: "", pods: [working] });
    // No look but the first comes before the balance is back.
    guard.configure({ thresholds: [critical], poll_interval_seconds: 600 });
    const running = guard.watch();
    await running.said("agent failed");

    guard.simulator.account.setBalance(20);
    guard.configure({ poll_interval_seconds: pollMs / 1000 });
    running.signal("SIGHUP");
    const moot = await running.said("no longer needed");
    await until("nothing is owed", () => guard.saved().owed.length === 0);
    running.signal("SIGTERM");
    await running.ended;

    expect(moot).toMatchObject({ effect: "call-agent", because: "the balance recovered" });
    expect(guard.calls("agent")).toHaveLength(1);
    expect(guard.saved()).toMatchObject({ fired: { critical: false }, owed: [] });
  });
});

describe.concurrent("a notify command that hangs or fails", () => {
  it.for([
    ["is ended at its limit", staying],
    ["is killed where it ignores SIGTERM", `process.on("SIGTERM", () => {}); stay();`],
  ] as const)("%s, and owed again", async ([_sentence, notify], test) => {
    const config = { notify_timeout_seconds: 0.5, thresholds: [critical] };
    const guard = await guardWith(test, { balanceUsd: 1, notify, config });
    const running = guard.watch();

    const failed = await running.said("notify command failed");
    expect(isAlive(guard.calls("notify")[0]?.pid ?? 0)).toBe(false);
    running.signal("SIGTERM");
    await running.ended;

    const because = "timed out after 0.5 s; killed with everything it started";
    expect(failed).toMatchObject({ level: "error", because, try: 1, again: true });
  });

  it("holds up neither agent nor looks", async (test) => {
    const config = { notify_timeout_seconds: 600, thresholds: [critical] };
    const guard = await guardWith(test, { balanceUsd: 1, notify: staying, config });
    const running = guard.watch();
    await guard.called("notify");

    await running.said("agent done");
    await running.said("polled", { cycle: looksOf(guard).length + 2 });

    expect(guard.calls("notify")).toMatchObject([{ endedAtMs: undefined }]);
    running.signal("SIGTERM");
    await running.ended;
  });

  it("is told again with the next look", async (test) => {
    const config = { thresholds: [critical] };
    const notify = failing(1);
    const guard = await guardWith(test, { balanceUsd: 1, notify, config });
    const running = guard.watch();

    await running.said("notify command failed");
    guard.program("notify", "");
    await running.said("notify command done");
    await until("nothing is owed", () => guard.saved().owed.length === 0);
    running.signal("SIGTERM");
    await running.ended;

    expect(linesOf(running.lines, "polled").length).toBeGreaterThanOrEqual(2);
    expect(guard.calls("notify").map(({ args }) => args)).toEqual([
      ["critical", "1.0000"],
      ["critical", "1.0000"],
    ]);
    expect(guard.calls("agent")).toHaveLength(1);
  });

  it("is owed over a kill -9, and told at the next start", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 1, notify: staying });
    guard.configure({ thresholds: [critical] });
    const running = guard.watchApart();
    await running.said("agent done");
    await guard.called("notify");
    await until("only the notice is owed", () => guard.saved().owed.length === 1);
    running.signal("SIGKILL");
    await running.ended;

    guard.program("notify", "");
    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "notify command done")).toMatchObject([{ threshold: "critical" }]);
    expect(heardBy(guard)).toEqual(["critical", "critical"]);
    expect(guard.calls("agent")).toHaveLength(1);
    expect(guard.saved().owed).toEqual([]);
  });
});

describe.concurrent("watch --once", () => {
  it("exits with 1 when something failed, and says what", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: failing(22) });

    const { by, stderr } = await guard.watch("--once").ended;

    expect(by).toBe(1);
    expect(stderr).toMatch(/1 of what was to be done failed: notification: exit 22 after/);
  });

  it("shows what could not be sent in status and check", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: failing(22) });
    await guard.watch("--once").ended;

    const [status, check] = await Promise.all([guard.command("status"), guard.command("check")]);

    const words = /notification not sent\s+since/;
    expect(status.stdout).toMatch(words);
    expect(check.stdout).toMatch(words);
  });

  it.for<[string, number, boolean]>([
    ["says that nothing would be done when nothing is due", 50, true],
    ["and does not say so when something is", 9, false],
  ])("--dry-run %s", async ([_sentence, balanceUsd, isSaid], test) => {
    const guard = await guardWith(test, { balanceUsd, notify: "" });

    const { by, lines } = await guard.watch("--once", "--dry-run").ended;

    expect(by).toBe(0);
    expect(linesOf(lines, "dry run: nothing would be done")).toHaveLength(isSaid ? 1 : 0);
  });

  it("sends what could not be sent once the notify command works again, with when it happened", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: failing(22) });
    await guard.watch("--once").ended;
    const hourAgo = Date.now() - 60 * minuteMs;
    const state = JSON.parse(guard.state() ?? "") as { owed: Json[] };
    const owed = state.owed.map((each) => ({ ...each, atMs: hourAgo }));
    writeFileSync(guard.stateFile, JSON.stringify({ ...state, owed }), { mode: 0o600 });
    const command = [...guard.program("mended", ""), "{message}"];
    guard.configure({ extra_notify_command: command });

    await guard.watch("--once").ended;

    expect(guard.calls("mended").map(({ args }) => args)).toEqual([
      [
        expect.stringMatching(
          /^warning: balance \$9\.00 is below \$10\.00 \(at .*, 1 h 0 min ago\) \[Balance \$9\.00 · burning \$0\.00\/h\]$/,
        ),
      ],
    ]);
    expect(guard.saved().owed).toEqual([]);
  });
});
