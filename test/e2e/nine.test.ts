import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { Fault, Only } from "#simulator/faults.ts";
import type { NewPod, Telemetry } from "#simulator/pod.ts";
import { shortPaces } from "../short-paces.ts";
import {
  byApi,
  endsAskedOf,
  type Guard,
  type GuardOptions,
  guardWith,
  heardBy,
  looksOf,
  type Running,
  textOf,
  timeOf,
  told,
  until,
} from "./guard.ts";

// How tools of this kind have failed, each held against ours. Time is compressed: looks come several
// times a second, and hours and minutes are written as fractions.

type Json = Readonly<Record<string, unknown>>;

const hourMs = 3_600_000;
const unused: Telemetry = { cpuPercent: 0, memoryPercent: 2, gpuPercents: [0] };
const busy: Telemetry = { cpuPercent: 60, memoryPercent: 50, gpuPercents: [95] };
const trainer = (more: Partial<NewPod> = {}): NewPod => ({
  id: "p1",
  name: "trainer",
  costPerHrUsd: 1.49,
  startedAtMs: Date.now() - 2 * hourMs,
  telemetry: unused,
  ...more,
});

/** Idle for half a second, as several samples show, and long past its boot. */
const idle = { after_minutes: 0.5 / 60, boot_grace_minutes: 0, action: "stop" };
const lease = { default_hours: 1, max_hours: 8, action: "stop" };
const hardTimeout = { hours: 1, action: "stop" };

function guarded(test: TestContext, guards: Json, options: GuardOptions = {}): Promise<Guard> {
  const { config, ...rest } = options;
  return guardWith(test, {
    nowMs: () => Date.now(),
    pods: [trainer()],
    notify: "",
    ...rest,
    config: { claude_command: [], guards: { warn_minutes: 0, ...guards }, ...config },
  });
}

/** Waits for two more looks: the second surely began after what there is now. */
async function lookedAgain(guard: Guard): Promise<void> {
  const before = looksOf(guard).length;
  await until("it has looked again", () => looksOf(guard).length >= before + 2);
}

function historyOf(guard: Guard): readonly Json[] {
  const text = textOf(join(guard.folder, "history.jsonl")) ?? "";
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Json]));
}

/** The ends in the history: the pod, how it ended, and why. */
function endsIn(guard: Guard): readonly (readonly unknown[])[] {
  return historyOf(guard).flatMap((event) =>
    event["event_type"] === "stop" || event["event_type"] === "termination"
      ? [[event["pod_id"], event["event_type"], event["reason"]]]
      : [],
  );
}

async function end(running: Running): Promise<void> {
  running.signal("SIGTERM");
  expect(await running.ended).toMatchObject({ by: 130 });
}

const statusOf = (guard: Guard, id = "p1") => guard.simulator.account.pod(id)?.status;

interface SavedRun {
  readonly podId: string;
  readonly startedAtMs: number;
  readonly startFrom: string;
  readonly lease?: { readonly endsAtMs: number };
  readonly warnedAtMs: Readonly<Record<string, number>>;
}

function runOf(guard: Guard, id = "p1"): SavedRun | undefined {
  const text = guard.runs();
  if (text === undefined) return undefined;
  const { runs } = JSON.parse(text) as { readonly runs: readonly SavedRun[] };
  return runs.find(({ podId }) => podId === id);
}

describe.concurrent("1. a pod that was never used idles out", () => {
  it("after the boot grace, and after a warning that says how to keep it", async (test) => {
    const startedAtMs = Date.now();
    const guard = await guarded(
      test,
      { idle: { ...idle, boot_grace_minutes: 2 / 60 }, warn_minutes: 1 / 60 },
      { pods: [trainer({ startedAtMs })] },
    );
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await until("it is told", () => heardBy(guard).length === 2);
    await end(running);

    const [warning = "", told] = heardBy(guard);
    expect(warning).toMatch(
      /^idle: pod trainer \(p1\) has been idle for \d+ s and will be stopped in \d+ s\. To keep it: runpodboss -c \S+config\.json touch p1$/,
    );
    expect(told).toMatch(
      /^idle: stopped pod trainer \(p1\): idle for \d+ s\. It ran 0 min|^idle: stopped pod trainer \(p1\): idle for \d+ s\. It ran \d+ s and cost \$0\.0\d/,
    );
    expect(statusOf(guard)).toBe("EXITED");
  });
});

describe.concurrent("2. no extension goes past the cap", () => {
  it("one after the other, and nonsense is refused", async (test) => {
    const guard = await guarded(test, { lease });
    const capAtMs = Number(guard.simulator.account.pod("p1")?.startedAtMs) + 8 * hourMs;

    const codes: unknown[] = [];
    for (const hours of ["2", "2", "2", "2", "2"]) {
      codes.push((await guard.command("extend", "p1", hours)).by);
    }
    const nonsense = await Promise.all(
      ["0", "-1", "NaN", "Infinity", "1e99", "1.2.3", "", "two"].map(
        async (hours) => (await guard.command("extend", "p1", hours)).by,
      ),
    );

    // It had an hour from its start, and so seven are left to give.
    expect(codes).toEqual([0, 0, 0, 2, 2]);
    expect(nonsense).toEqual(nonsense.map(() => 2));
    const book = JSON.parse(textOf(join(guard.folder, "leases.json")) ?? "{}") as {
      leases: { p1: { ends_at: string } };
    };
    const endsAtMs = Date.parse(book.leases.p1.ends_at);
    expect(endsAtMs).toBeLessThanOrEqual(capAtMs);
    expect(endsAtMs).toBeGreaterThan(capAtMs - 1.1 * hourMs);
  });
});

describe.concurrent("3. a restart keeps start, lease, cap and warning", () => {
  it("also where it is killed, and the end comes when it was announced for", async (test) => {
    const guard = await guarded(test, { lease, warn_minutes: 2 / 60 });
    // So that it is there to be ended by the second, however long it takes to kill the first.
    guard.simulator.failAll("stop-lies", "mutations");
    const first = guard.watchApart();
    await first.said("notification", { event: "warn" });
    await until("the warning is saved", () => runOf(guard)?.warnedAtMs["lease"] !== undefined);
    const before = runOf(guard);
    first.signal("SIGKILL");
    await first.ended;
    guard.simulator.clearFaults();

    const second = guard.watch();
    const ended = await second.said("pod ended", { podId: "p1" });
    await end(second);

    const warnings = heardBy(guard).filter((words) => words.includes("will be"));
    expect(warnings.length).toBeLessThanOrEqual(2);
    expect(historyOf(guard).filter((event) => event["event_type"] === "warn")).toHaveLength(1);
    const warnedAtMs = before?.warnedAtMs["lease"] ?? NaN;
    // Each process has a clock of its own.
    expect(timeOf(ended)).toBeGreaterThanOrEqual(warnedAtMs + 2_000 - 100);
  });

  it("a lease given before is the lease after", async (test) => {
    const guard = await guarded(test, { lease });
    await guard.command("lease", "p1", "3");
    const first = guard.watchApart();
    await until("lease and start are saved", () => {
      const run = runOf(guard);
      return run?.lease !== undefined && run.startFrom === "uptime";
    });
    first.signal("SIGKILL");
    await first.ended;
    const before = runOf(guard);

    const second = guard.watch();
    await second.said("polled", { cycle: 2 });
    await end(second);

    expect(runOf(guard)).toMatchObject({ startedAtMs: before?.startedAtMs, lease: before?.lease });
    expect(statusOf(guard)).toBe("RUNNING");
  });
});

describe.concurrent("4. a stop that failed is tried again until the pod is seen to be gone", () => {
  it("said yes to and not done, then refused, and then it is", async (test) => {
    const guard = await guarded(test, { hard_timeout: hardTimeout });
    guard.simulator.failNext("stop-lies", 1, "mutations");
    guard.simulator.failNext("internal-error-200", 1, "mutations");
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await end(running);

    expect(endsAskedOf(guard)).toEqual(["p1", "p1", "p1"]);
    expect(statusOf(guard)).toBe("EXITED");
    expect(endsIn(guard)).toEqual([["p1", "stop", "hard_timeout_1h"]]);
  });
});

describe.concurrent("5. what is missing never ends a pod, and never means that none runs", () => {
  const faults: readonly (readonly [string, Fault, Only])[] = [
    ["telemetry is null", "telemetry-null", "measuring"],
    ["its GPUs are null", "telemetry-null-gpus", "measuring"],
    ["it is an hour old", "telemetry-stale", "measuring"],
    ["the query for it fails", "http-500", "measuring"],
    ["RunPod fails altogether", "http-502-html", "all"],
    ["the account is null", "myself-null", "all"],
    ["the pods are null", "pods-null", "looking"],
  ];
  for (const [sentence, fault, only] of faults) {
    it(sentence, async (test) => {
      const guard = await guarded(test, { idle, lease: { ...lease, default_hours: 4 } });
      // Over REST the loads come with the list of pods.
      const where = only === "measuring" ? byApi({ graphql: only, rest: "all" } as const) : only;
      guard.simulator.failAll(fault, where);
      const running = guard.watch();

      await until("it has looked four times", () => looksOf(guard).length >= 4);
      const status = await guard.command("status");
      await end(running);

      expect(endsAskedOf(guard)).toEqual([]);
      expect(statusOf(guard)).toBe("RUNNING");
      expect(status.stdout).not.toMatch(/\(none\)|no pods/i);
    });
  }

  it("the file with the leases is broken: none ends, and people are told", async (test) => {
    const guard = await guarded(test, { idle, lease });
    guard.write("leases.json", "{ not json");
    const running = guard.watch();

    await running.said("notification", { event: "trouble" });
    await until("it has looked four times", () => looksOf(guard).length >= 4);
    const extend = await guard.command("extend", "p1", "1");
    await told(guard, /leases\.json/);
    await end(running);

    expect(endsAskedOf(guard)).toEqual([]);
    expect(heardBy(guard).join("\n")).toContain("leases.json is broken");
    expect(extend.by).toBe(2);
  });

  it("the state is gone: everything is announced anew before it ends", async (test) => {
    const guard = await guarded(test, { hard_timeout: hardTimeout, warn_minutes: 1 });
    guard.write("state.json", "\0\0\0");
    const running = guard.watch();

    await running.said("notification", { event: "warn" });
    await until("it has looked three times", () => looksOf(guard).length >= 3);
    await end(running);

    expect(endsAskedOf(guard)).toEqual([]);
  });
});

describe.concurrent("6. every end is one event with its reason", () => {
  const ends: readonly (readonly [string, Json, GuardOptions, string])[] = [
    ["idle", { idle: { ...idle, after_minutes: 0.01 } }, {}, "idle_0.01m"],
    ["lease", { lease }, {}, "lease_expired"],
    [
      "hard timeout, before lease and idle",
      { hard_timeout: hardTimeout, lease, idle },
      {},
      "hard_timeout_1h",
    ],
    [
      "a threshold's backstop",
      {},
      {
        balanceUsd: 1,
        config: {
          thresholds: [
            {
              name: "low",
              below_usd: 2,
              prompt: "-",
              backstop: { action: "terminate", after_seconds: 0 },
            },
          ],
        },
      },
      "backstop",
    ],
  ];
  for (const [sentence, guards, options, reason] of ends) {
    it(sentence, async (test) => {
      const guard = await guarded(test, guards, options);
      const running = guard.watch();

      await running.said("pod ended", { podId: "p1" });
      await lookedAgain(guard);
      await end(running);

      const how = reason === "backstop" ? "termination" : "stop";
      expect(endsIn(guard)).toEqual([["p1", how, reason]]);
    });
  }

  it("also where the guard is killed between asking and the proof", async (test) => {
    const paces = { proof: { ...shortPaces.proof, acceptedMs: [600_000] } };
    const guard = await guarded(test, { hard_timeout: hardTimeout }, { paces });
    const killed = guard.watchApart();
    await until("it has asked", () => endsAskedOf(guard).length > 0);
    killed.signal("SIGKILL");
    await killed.ended;

    const running = guard.watch();
    await running.said("run ended", { podId: "p1" });
    await end(running);

    expect(endsIn(guard)).toEqual([["p1", "stop", "hard_timeout_1h"]]);
  });

  it("by hand, beside a guard that watches", async (test) => {
    const guard = await guarded(test, { idle: { ...idle, after_minutes: 60 } });
    const running = guard.watch();
    await until("it is watched", () => runOf(guard) !== undefined);

    const stop = await guard.command("stop", "p1", "-y");
    await running.said("run ended", { podId: "p1" });
    await end(running);
    // A guard that comes later has the rest of the story to tell, and nothing to add.
    const next = guard.watch("--once");
    await next.ended;

    expect(stop.by).toBe(0);
    expect(endsIn(guard)).toEqual([["p1", "stop", "manual"]]);
  });

  it("by someone else", async (test) => {
    const guard = await guarded(test, { idle: { ...idle, after_minutes: 60 } });
    const running = guard.watch();
    await until("it is watched", () => runOf(guard) !== undefined);

    guard.simulator.account.terminatePod("p1");
    await running.said("run ended", { podId: "p1" });
    await end(running);

    // It is written a minute later: whoever ended it may be about to say so.
    const { unrecorded } = JSON.parse(guard.state() ?? "{}") as { unrecorded: readonly Json[] };
    expect(unrecorded).toMatchObject([{ type: "termination", reason: "ended_elsewhere" }]);
    expect(endsIn(guard)).toEqual([]);
  });
});

describe.concurrent("7. what pods are called is text and nothing else", () => {
  it("in the status, the history, the notices and the log", async (test) => {
    const name = "\u001b[2J\u202Etrainer\u200b\n<script>alert(1)</script>$(reboot)";
    const guard = await guarded(test, { hard_timeout: hardTimeout }, { pods: [trainer({ name })] });
    const running = guard.watch();
    await running.said("pod ended", { podId: "p1" });
    const status = await guard.command("status");
    await end(running);
    const history = await guard.command("history");

    const shown = [status.stdout, history.stdout, ...heardBy(guard)].join("");
    expect(shown).toContain("trainer<script>alert(1)</script>$(reboot)".slice(0, 20));
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe.concurrent("8. nobody can reach it without a key", () => {
  it("because it listens nowhere: there is no route to call", async (test) => {
    const guard = await guarded(test, { idle });
    const running = guard.watchApart();
    await until("it watches", () => looksOf(guard).length >= 1);

    const sockets = listeningSockets(running.pid);
    await end(running);

    expect(sockets).toEqual([]);
  });
});

describe.concurrent("9. a guard of busy pods shows that it lives with every look", () => {
  it("to the service manager, and to whoever asks for the status", async (test) => {
    const guard = await guarded(test, { idle }, { pods: [trainer({ telemetry: busy })] });
    guard.program("systemd-notify", "");
    const running = guard.start(["watch", "--config", "config.json"], {
      NOTIFY_SOCKET: join(guard.folder, "notify"),
      WATCHDOG_USEC: "60000000",
    });

    await until("it has looked four times", () => looksOf(guard).length >= 4);
    await until("it has said so each time", () => beatsOf(guard) >= 3);
    const status = await guard.command("status", "--json");
    await end(running);

    expect(statusOf(guard)).toBe("RUNNING");
    expect(JSON.parse(status.stdout)).toMatchObject({ daemon: { pid: running.pid } });
  });
});

function beatsOf(guard: Guard): number {
  return guard.calls("systemd-notify").filter(({ args }) => args[0] === "WATCHDOG=1").length;
}

/** The TCP ports on which a process waits to be called, as the system tells. */
function listeningSockets(pid: number): readonly string[] {
  if (process.platform !== "linux") {
    const args = ["-nP", "-a", "-p", String(pid), "-iTCP", "-sTCP:LISTEN"];
    return spawnSync("lsof", args, { encoding: "utf8" }).stdout.split("\n").filter(Boolean);
  }
  const folder = `/proc/${pid}/fd`;
  const inodes = readdirSync(folder).flatMap((fd) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkAt(join(folder, fd))) ?? [];
    return inode ?? [];
  });
  const isListening = "0A";
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, , , state, , , , , , inode = ""]) => state === isListening && inodes.includes(inode),
      )
      .map(([, address = ""]) => address),
  );
}

/** Files come and go while one looks. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
