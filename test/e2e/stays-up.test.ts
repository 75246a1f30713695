import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  addressOf,
  apiKey,
  failing,
  type Guard,
  guardWith,
  heardBy,
  linesOf,
  looksOf,
  pollMs,
  staying,
  textOf,
  told,
  until,
} from "./guard.ts";

const low = { name: "low", below_usd: 10, prompt: "{name}" };
const lower = { name: "lower", below_usd: 5, prompt: "{name}" };

describe.concurrent("SIGHUP", () => {
  it("takes new thresholds and a new pace, at once", async (test) => {
    const config = { thresholds: [lower], poll_interval_seconds: 600 };
    const guard = await guardWith(test, { balanceUsd: 9, notify: "", config });
    const running = guard.watchApart();
    await running.said("polled", { cycle: 1 });

    guard.configure({ thresholds: [low, lower], poll_interval_seconds: pollMs / 1000 });
    running.signal("SIGHUP");
    await running.said("config reloaded");
    await running.said("threshold tripped", { threshold: "low" });
    await running.said("polled", { cycle: 3 });
    await running.said("agent done");
    await told(guard, 1);
    running.signal("SIGTERM");

    expect(await running.ended).toMatchObject({ by: 130 });
    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["low"]]);
    expect(heardBy(guard)).toEqual(["low"]);
  });

  it("takes a new key and address", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    const other = await guardWith(test, { balanceUsd: 1, apiKey: "another-key-of-this-test" });
    const running = guard.watch();
    await running.said("polled", { balanceUsd: 9 });

    guard.configure({ ...addressOf(other.simulator), api_key: "another-key-of-this-test" });
    running.signal("SIGHUP");
    await running.said("polled", { balanceUsd: 1 });
    running.signal("SIGTERM");

    const { stderr } = await running.ended;
    expect(stderr).not.toContain("another-key");
  });

  it("refuses a bad config whole and tells; the old one stays until there is a good one", async (test) => {
    const guard = await guardWith(test, {
      balanceUsd: 9,
      notify: "",
      config: { thresholds: [lower] },
    });
    const running = guard.watch();
    await running.said("polled", { cycle: 1 });

    guard.configure({ thresholds: [low, lower], pol_interval: 5, protect: ["*"] });
    running.signal("SIGHUP");
    const refused = await running.said("config not reloaded, still using the old one");
    await running.said("polled", { cycle: 2 });
    expect(linesOf(running.lines, "threshold tripped")).toEqual([]);
    expect(refused).toMatchObject({
      level: "error",
      because: expect.stringContaining("is not a known key"),
    });

    writeFileSync(join(guard.folder, "config.json"), "{oops");
    running.signal("SIGHUP");
    await until("it is refused again", () => {
      const both = linesOf(running.lines, "config not reloaded, still using the old one");
      return both.length === 2;
    });
    guard.configure({ pol_interval: undefined });
    running.signal("SIGHUP");
    await running.said("threshold tripped", { threshold: "low" });
    await told(guard, 3);
    running.signal("SIGTERM");
    await running.ended;

    expect(heardBy(guard).toSorted()).toEqual([
      "low",
      "recovered: config: working again",
      expect.stringMatching(
        /^trouble: config: not reloaded, still using the old one: .*pol_interval/s,
      ),
    ]);
  });

  it("says what takes effect only at the next start", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 20 });
    const running = guard.watch();
    await running.said("polled");

    guard.configure({ state_file: join(guard.folder, "elsewhere.json"), dry_run: true });
    running.signal("SIGHUP");
    const said = await running.said("restart to apply these keys");
    guard.simulator.account.setBalance(9);
    await running.said("agent done");
    running.signal("SIGTERM");
    await running.ended;

    expect(said).toMatchObject({ level: "warn", keys: ["stateFile", "dryRun"] });
    expect(guard.saved().fired).toMatchObject({ warning: true });
  });
});

/** What the service manager was told, a message a line. */
function toldBy(guard: Guard): readonly string[] {
  return guard.calls("systemd-notify").map(({ args }) => args.join(" "));
}

describe.concurrent("under systemd", () => {
  const tells = "say({ socket: process.env.NOTIFY_SOCKET, watchdog: process.env.WATCHDOG_USEC });";
  const env = { NOTIFY_SOCKET: "/run/the-notify-socket", WATCHDOG_USEC: "400000" };

  it("it says READY, then that it lives while it waits, a reload, and STOPPING", async (test) => {
    const pods = [{ costPerHrUsd: 1.5 }];
    const config = { poll_interval_seconds: 600 };
    const guard = await guardWith(test, { balanceUsd: 9, pods, agent: tells, config });
    guard.program("systemd-notify", "");
    const running = guard.start(["watch", "--config", "config.json"], env);

    await until(
      "three signs of life",
      () => toldBy(guard).filter((each) => each.startsWith("WATCHDOG=1")).length >= 3,
    );
    running.signal("SIGHUP");
    await until("the reload is over", () => toldBy(guard).filter(isReady).length === 2);
    running.signal("SIGTERM");
    const { by } = await running.ended;

    expect(by).toBe(130);
    const status = "STATUS=balance $9.00, burn $1.50/h";
    const told = toldBy(guard);
    expect(told[0]).toBe(`--pid=${running.pid} READY=1 ${status}`);
    expect(told[1]).toBe(`WATCHDOG=1 ${status}`);
    const reloading = told.findIndex((each) => /^RELOADING=1 MONOTONIC_USEC=\d+$/.test(each));
    expect(reloading).toBeGreaterThan(3);
    expect(told.findLastIndex(isReady)).toBeGreaterThan(reloading);
    expect(told.at(-1)).toBe("STOPPING=1");
    expect(looksOf(guard)).toHaveLength(1);
    // What it calls must not speak in its name.
    expect(guard.calls("agent")[0]?.told).not.toHaveProperty("socket");
    expect(guard.calls("agent")[0]?.told).not.toHaveProperty("watchdog");
  });

  it("it is ready although it cannot see, and says that", async (test) => {
    const guard = await guardWith(test, { apiKey: "another" });
    guard.program("systemd-notify", "");
    const running = guard.start(["watch", "--config", "config.json"], {
      ...env,
      RUNPOD_API_KEY: apiKey,
    });

    const ready = await until("it is ready", () => toldBy(guard).find(isReady));
    running.signal("SIGTERM");
    await running.ended;

    expect(ready).toContain("STATUS=poll failed: HTTP 401: ");
  });

  it("it guards on when systemd cannot be told, and logs that once", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    guard.program("systemd-notify", failing(1));
    const running = guard.start(["watch", "--config", "config.json"], env);

    await running.said("cannot notify systemd");
    await running.said("polled", { cycle: 2 });
    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(linesOf(lines, "cannot notify systemd")).toHaveLength(1);
    expect(guard.calls("agent")).toHaveLength(1);
  });

  it("without it, nothing is said to it", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-notify", "");

    await guard.watchApart("--once").ended;

    expect(toldBy(guard)).toEqual([]);
  });
});

function isReady(message: string): boolean {
  return message.includes("READY=1");
}

describe.concurrent("one guard runs per state file:", () => {
  it.for(["watch", "watch --once"])(
    "a second %s exits with 2 and names the first's pid",
    async (words, test) => {
      const guard = await guardWith(test, { config: { poll_interval_seconds: 600 } });
      const first = guard.watchApart();
      await first.said("polled");

      const { by, stdout, stderr } = await guard.command(...words.split(" "));

      expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
      expect(stderr).toBe(
        `Another daemon is already running: pid ${first.pid} uses the state file ${guard.stateFile}.
Stop it first, or give this one its own state_file; the files beside it take its name, so that both may lie in one folder. If process ${first.pid} is no runpodboss (ps -p ${first.pid}), remove ${guard.stateFile}.lock and try again.
`,
      );
      expect(looksOf(guard)).toHaveLength(1);
      guard.configure({ poll_interval_seconds: pollMs / 1000 });
      first.signal("SIGHUP");
      await first.said("polled", { cycle: 2 });
      first.signal("SIGTERM");
      expect(await first.ended).toMatchObject({ by: 130 });
    },
  );

  it("also where a symlink leads to it", async (test) => {
    const guard = await guardWith(test);
    const first = guard.watchApart();
    await first.said("polled");

    symlinkSync(guard.stateFile, join(guard.folder, "link.json"));
    guard.configure({ state_file: join(guard.folder, "link.json") });
    const second = await guard.watch("--once").ended;
    first.signal("SIGTERM");
    await first.ended;

    expect(second.by).toBe(2);
    expect(second.stderr).toContain(`pid ${first.pid} `);
  });

  it("once it has ended, the next one may", async (test) => {
    const guard = await guardWith(test);
    const first = guard.watch();
    await first.said("polled");
    first.signal("SIGTERM");
    await first.ended;
    expect(existsSync(`${guard.stateFile}.lock`)).toBe(false);

    expect(await guard.watch("--once").ended).toMatchObject({ by: 0 });
  });

  it("a lock that kill -9 left blocks nobody", async (test) => {
    const guard = await guardWith(test);
    const first = guard.watchApart();
    await first.said("polled");
    first.signal("SIGKILL");
    await first.ended;
    expect(readFileSync(`${guard.stateFile}.lock`, "utf8")).toContain(String(first.pid));

    const { by, stderr } = await guard.watch("--once").ended;

    expect(by, stderr).toBe(0);
    expect(existsSync(`${guard.stateFile}.lock`)).toBe(false);
  });

  it.for([
    ["of a process whose pid another has now", `{"pid": ${process.pid}, "identity": "another"}`],
    ["that is garbage", "{oops"],
    ["that is empty", ""],
  ])("a lock %s blocks nobody", async ([_sentence, lock = ""], test) => {
    const guard = await guardWith(test);
    writeFileSync(`${guard.stateFile}.lock`, lock);

    const { by, stderr } = await guard.watch("--once").ended;

    expect(by, stderr).toBe(0);
  });

  it("of two that start at the same time one guards", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });

    const both = [guard.watchApart(), guard.watchApart()];
    const refused = await Promise.race(both.map(({ ended }) => ended));
    await guard.called("agent");
    for (const running of both) running.signal("SIGTERM");
    const ends = await Promise.all(both.map(({ ended }) => ended));

    expect(refused.by).toBe(2);
    expect(ends.map(({ by }) => String(by)).toSorted()).toEqual(["130", "2"]);
    expect(guard.calls("agent")).toHaveLength(1);
  });

  it("a dry run works beside it, and changes nothing for it", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    // It changes its own state at every look.
    guard.configure({ poll_interval_seconds: 600 });
    const live = guard.watchApart();
    await guard.called("agent");
    await until("all is in the history", () => guard.saved().unrecorded.length === 0);
    const before = guard.state();

    const dry = await guard.watch("--once", "--dry-run").ended;

    expect(dry.by).toBe(0);
    expect(linesOf(dry.lines, "polled")).toHaveLength(1);
    expect(guard.state()).toBe(before);
    expect(guard.calls("agent")).toHaveLength(1);
    live.signal("SIGTERM");
    expect(await live.ended).toMatchObject({ by: 130 });
  });
});

describe.concurrent("a log file", () => {
  it("that cannot be written is told, and the guard goes on; that it can be again is told too", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 20, notify: "" });
    const running = guard.watch();
    await running.said("polled");
    const folder = dirname(guard.logFile);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file where the folder was");

    guard.simulator.account.setBalance(9);
    await running.said("log file cannot be written");
    await running.said("agent done");
    rmSync(folder);
    await running.said("log file can be written again");
    await told(guard, 3);
    running.signal("SIGTERM");
    const { lines } = await running.ended;

    expect(heardBy(guard).toSorted()).toEqual([
      "recovered: log file: working again",
      expect.stringMatching(/^trouble: log file: (ENOTDIR|EEXIST)/),
      "warning",
    ]);
    expect(linesOf(lines, "log file cannot be written")).toHaveLength(1);
    expect(guard.calls("agent")).toHaveLength(1);
    expect(textOf(guard.logFile)).toContain("daemon stopped");
  });

  it("that was never one is told from the start", async (test) => {
    const config = { log_file: "/proc/none/log" };
    const guard = await guardWith(test, { balanceUsd: 9, notify: "", config });

    const { by } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(heardBy(guard).toSorted()).toEqual([
      expect.stringMatching(/^trouble: log file: ENOENT/),
      "warning",
    ]);
  });

  it("that is removed is made again, and nobody needs to hear of it", async (test) => {
    const guard = await guardWith(test, { notify: "" });
    const running = guard.watch();
    await running.said("polled");

    rmSync(dirname(guard.logFile), { recursive: true });
    await running.said("polled", { cycle: 2 });
    running.signal("SIGTERM");
    await running.ended;

    expect(textOf(guard.logFile)).toContain('"cycle":2');
    expect(heardBy(guard)).toEqual([]);
  });
});
