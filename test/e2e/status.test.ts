import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import {
  type Ended,
  fastCli,
  type Guard,
  type GuardOptions,
  guardWith,
  looksOf,
  type Running,
  textOf,
  until,
} from "./guard.ts";

const hourMs = 3_600_000;

const guards = {
  idle: { after_minutes: 30, action: "notify" },
  lease: { default_hours: 4, max_hours: 8, action: "notify" },
  hard_timeout: { hours: 8, action: "notify" },
};
/** The same, as they end pods. No daemon runs where these are asked for. */
const ending = {
  guards: {
    idle: { after_minutes: 30, action: "stop" },
    lease: { default_hours: 4, max_hours: 8, action: "stop" },
    hard_timeout: { hours: 8, action: "terminate" },
    warn_minutes: 0,
  },
};

/** An account in real time, with pods that began so long ago, and too cheap for seconds to show. */
async function accountWith(test: TestContext, changes: GuardOptions = {}): Promise<Guard> {
  const nowMs = Date.now();
  const { config, ...rest } = changes;
  return guardWith(test, {
    nowMs: () => Date.now(),
    balanceUsd: 30,
    pods: [
      {
        id: "p1",
        name: "trainer",
        costPerHrUsd: 0.2,
        // Half a minute away from the full one: busy machines are slow.
        startedAtMs: nowMs - 2.25 * hourMs - 30_000,
        gpuCount: 2,
      },
      { id: "p2", name: "late", costPerHrUsd: 0.1, startedAtMs: nowMs - 9 * hourMs },
      { id: "p3", name: "keeper", costPerHrUsd: 0.05, startedAtMs: nowMs - 20 * hourMs },
      { id: "p4", name: "rested", costPerHrUsd: 0.4, status: "EXITED" },
    ],
    config: { guards, protect: ["keep*"], claude_command: [], ...config },
    ...rest,
  });
}

function status(guard: Guard, ...args: readonly string[]): Running {
  return guard.call(["status", "-c", guard.config, ...args]);
}

/** The same on a terminal of its own, 120 by 30; `pid` is the executable's. */
function onTerminal(
  guard: Guard,
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Running & { readonly signalIt: (name: NodeJS.Signals) => void } {
  const words = [...fastCli(), "status", "-c", guard.config, ...args];
  const command = `stty cols 120 rows 30; echo $$ > pid; exec ${words.map((word) => `'${word}'`).join(" ")}`;
  const running = guard.run("script", ["-qefc", command, "/dev/null"], { TERM: "xterm", ...env });
  return {
    ...running,
    signalIt: (name) => void process.kill(Number(textOf(join(guard.folder, "pid"))), name),
  };
}

/** The columns of a table, which stand two spaces or more apart. */
function cellsOf(line: string | undefined): readonly string[] {
  return (line ?? "").split(/ {2,}/);
}

function jsonOf({ stdout }: Ended) {
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

describe.concurrent("status", () => {
  it("tells of every pod, the money and that no daemon is there", async (test) => {
    const guard = await accountWith(test, { config: ending });

    const { by, stdout, stderr } = await status(guard).ended;

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    const lines = stdout.split("\n");
    const gpu = "RTX 4090";
    expect(lines.slice(0, 6).map(cellsOf)).toEqual([
      ["ID", "Name", "GPU", "Status", "Uptime", "Idle", "Time Left", "Cost Now", "Est. Total"],
      ["p1", "trainer", `2x ${gpu}`, "RUNNING", "2h 15m", "?", "1h 44m lease", "$0.45", "$0.80"],
      ["p2", "late", gpu, "RUNNING", "9h 0m", "?", "EXPIRED hard timeout", "$0.90", "$0.90"],
      ["p3", "keeper", gpu, "RUNNING", "20h 0m", "-", "protected", "$1.00", "-"],
      ["p4", "rested", gpu, "EXITED", "-", "-", "-", "-", "-"],
      [""],
    ]);
    expect(lines.slice(6)).toEqual([
      expect.stringMatching(/^balance: \$(30\.00|29\.99)$/),
      "burn: $0.35/h",
      "hours left: 85.7",
      "thresholds:",
      "  warning      $10.00  armed (by the balance; no daemon has polled yet)",
      "  critical      $2.00  armed (by the balance; no daemon has polled yet)",
      "  emergency     $0.50  armed (by the balance; no daemon has polled yet)",
      "daemon: NOT RUNNING, nothing is guarded; no poll yet",
      "notifications: none, notify and extra_notify_command are empty, so nobody is told",
      "",
    ]);
    expect(guard.state()).toBeUndefined();
  });

  it("tells that the daemon lives, what it has judged, and later that it is gone", async (test) => {
    const guard = await accountWith(test, { balanceUsd: 5 });
    const daemon = guard.watch();
    await daemon.said("polled");
    await until("what it saved", () => guard.runs()?.includes("lookedAtMs"));

    const alive = await status(guard).ended;
    daemon.signal("SIGTERM");
    await daemon.ended;
    const gone = await status(guard).ended;

    expect(alive.stdout).toContain(`\ndaemon: pid ${daemon.pid}, last poll `);
    expect(alive.stdout).toMatch(/\n {2}warning {6}\$10\.00 {2}fired \d+ s ago\n/);
    expect(alive.stdout).toMatch(/\n {2}critical {6}\$2\.00 {2}armed\n/);
    expect(gone.stdout).toMatch(/\ndaemon: NOT RUNNING, nothing is guarded; last poll \d+ s ago\n/);
    expect([alive.by, gone.by]).toEqual([0, 0]);
  });

  it("knows no uptime, no end and no cost where nothing tells of the start", async (test) => {
    const guard = await accountWith(test, { config: ending });
    guard.simulator.failAll("http-500", "measuring");

    const { by, stdout } = await status(guard).ended;

    expect(by).toBe(0);
    expect(cellsOf(stdout.split("\n")[1]).slice(2)).toEqual([
      "?",
      "RUNNING",
      "?",
      "?",
      "?",
      "?",
      "?",
    ]);
    expect(stdout).toContain("\ntrouble: the load of the pods could not be read: ");
  });

  it("shows what the daemon last wrote when the poll failed, and exits with 2", async (test) => {
    const guard = await accountWith(test);
    await guard.watch("--once").ended;
    guard.simulator.failAll("http-500");

    const { by, stdout, stderr } = await status(guard).ended;
    const json = await status(guard, "--json").ended;

    expect(by).toBe(2);
    expect(stderr).toMatch(/^RunPod answers with an error: .*500.*\nTry again in a minute/);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(
      /^pods: unknown \(the poll failed\); as the daemon last saw them, \d+ s ago:$/,
    );
    expect(cellsOf(lines[2]).slice(0, 5)).toEqual(["p1", "trainer", "RTX 4090", "?", "2h 15m"]);
    expect(stdout).toMatch(/\nbalance: unknown; \d+ s ago it was \$(30\.00|29\.99), burning /);
    expect(json.by).toBe(2);
    expect(jsonOf(json)).toMatchObject({
      error: expect.stringContaining("answers with an error"),
      balance_usd: null,
      hours_left: null,
      last_balance: { burn_per_hr_usd: expect.closeTo(0.35, 5) },
      pods: [{ id: "p1", status: null }, { id: "p2" }, { id: "p3" }],
    });
  });

  it("--json is one object with all of it", async (test) => {
    const guard = await accountWith(test, { config: ending });

    const ended = await status(guard, "--json").ended;

    expect(ended.by).toBe(0);
    expect(jsonOf(ended)).toMatchObject({
      error: null,
      burn_per_hr_usd: expect.closeTo(0.35, 5),
      pods: [
        {
          id: "p1",
          gpu_count: 2,
          ends_by: "lease",
          is_expired: false,
          est_total_usd: expect.closeTo(0.8, 3),
        },
        { id: "p2", is_expired: true, idle_minutes: null },
        { id: "p3", is_protected: true, ends_by: "none" },
        { id: "p4", status: "EXITED", uptime_minutes: null },
      ],
      thresholds: [{ name: "warning", is: "armed", by: "balance" }, {}, {}],
      daemon: { is_running: false, pid: null },
    });
  });

  it("--json is told whole to a pipe, which takes it bit by bit", async (test) => {
    const many = Array.from({ length: 2_000 }, (_, n) => ({ id: `p${n}`, costPerHrUsd: 0.1 }));
    const guard = await accountWith(test, { pods: many });

    // Only a process of its own can end before all was taken.
    const { by, stdout } = await guard.start(["status", "--json", "-c", guard.config]).ended;

    expect(by).toBe(0);
    expect((JSON.parse(stdout) as { pods: unknown[] }).pods).toHaveLength(2_000);
  });

  it("names of other people's do nothing to the terminal", async (test) => {
    const name = "\u001b[2Jevil\n\u202eman";
    const guard = await accountWith(test, { pods: [{ id: "p1", name, costPerHrUsd: 1 }] });

    const { stdout } = await status(guard).ended;

    expect(cellsOf(stdout.split("\n")[1]).slice(0, 2)).toEqual(["p1", "[2Jevilman"]);
  });

  it("a broken state file is a trouble, and changes nothing on the disk", async (test) => {
    const guard = await accountWith(test);
    guard.write("state.json", "{");

    const { by, stdout } = await status(guard).ended;

    expect(by).toBe(0);
    expect(stdout).toContain(`trouble: ${guard.stateFile} cannot be read (it is not JSON)`);
    expect(guard.state()).toBe("{");
  });

  it("--watch looks again and again, goes on past a failed look, and ends with 130", async (test) => {
    const guard = await accountWith(test);
    guard.simulator.failNext("http-500", 1, "looking");
    const running = status(guard, "--watch");
    await until("a second page", () => running.stdout().includes("balance: $"));
    running.signal("SIGINT");

    const { by, stdout, stderr } = await running.ended;

    expect({ by, stderr }).toEqual({ by: 130, stderr: "" });
    const pages = stdout.split("\n\nrunpodboss status, ");
    expect(pages[0]).toMatch(/^runpodboss status, [\d: -]+\nRunPod answers with an error: /);
    expect(pages[0]).toContain("balance: unknown\n");
    expect(pages[1]).toContain("balance: $");
    // Nothing on a pipe is for a terminal.
    expect(stdout).not.toContain("\u001b");
    expect(looksOf(guard).length).toBeGreaterThanOrEqual(2);
  });

  it("--watch redraws in place on a terminal, in colours, and gives it back", async (test) => {
    const guard = await accountWith(test, { config: ending });
    const running = onTerminal(guard, {}, "--watch");
    await until("a page", () => running.stdout().includes("daemon:"));
    running.signalIt("SIGINT");
    const { stdout } = await running.ended;

    expect(stdout).toContain("\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H");
    expect(stdout).toContain("\u001b[31mEXPIRED hard timeout\u001b[39m");
    expect(stdout).toContain("\r\n\u001b[K");
    expect(stdout.trimEnd().endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l")).toBe(true);
  });

  it("--watch ends at the key q, and gives the terminal back", async (test) => {
    const guard = await accountWith(test);
    const words = [...fastCli(), "status", "-c", guard.config, "--watch"];
    const command = words.map((word) => `'${word}'`).join(" ");
    const line = `printf q | script -qefc "$0" /dev/null`;

    const { by, stdout } = await guard.run("bash", ["-c", line, command], { TERM: "xterm" }).ended;

    // As it may be pressed before there is a page.
    const entered = stdout.split("\u001b[?1049h").length;
    expect(by).toBe(0);
    expect(stdout.split("\u001b[?1049l")).toHaveLength(entered);
  });

  it("has no colours on a terminal where NO_COLOR is set", async (test) => {
    const guard = await accountWith(test, { config: ending });

    const { stdout } = await onTerminal(guard, { NO_COLOR: "1" }).ended;

    expect(stdout).toContain("EXPIRED");
    expect(stdout).not.toContain("\u001b[");
  });

  it("--watch and --history do not go together", async (test) => {
    const guard = await accountWith(test);

    const { by, stderr } = await status(guard, "--watch", "--history").ended;

    expect(by).toBe(2);
    expect(stderr).toBe("--history and --watch cannot be used together.\nUse only one of them.\n");
  });
});
