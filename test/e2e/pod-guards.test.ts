import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { NewPod, Telemetry } from "#simulator/pod.ts";
import {
  endsAskedOf,
  failing,
  type Guard,
  type GuardOptions,
  guardWith,
  heardBy,
  looksOf,
  pollMs,
  printResult,
  type Running,
  staying,
  textOf,
  timeOf,
  told,
  until,
} from "./guard.ts";

// Time is compressed: looks come several times a second, and minutes are written as fractions.

type Json = Readonly<Record<string, unknown>>;

const hourMs = 3_600_000;
const unused: Telemetry = { cpuPercent: 0, memoryPercent: 2, gpuPercents: [0] };
const pod = (id: string, more: Partial<NewPod> = {}): NewPod => ({
  id,
  name: `name-of-${id}`,
  costPerHrUsd: 1,
  startedAtMs: Date.now() - 2 * hourMs,
  telemetry: unused,
  ...more,
});
/** Idle for half a second, as several samples show. */
const idle = { after_minutes: 0.01, boot_grace_minutes: 0, action: "stop" };
const hardTimeout = { hours: 1, action: "stop" };

function guarded(test: TestContext, guards: Json, options: GuardOptions = {}): Promise<Guard> {
  const { config, ...rest } = options;
  return guardWith(test, {
    nowMs: () => Date.now(),
    pods: [pod("p1")],
    notify: "",
    ...rest,
    config: { claude_command: [], guards: { warn_minutes: 0, ...guards }, ...config },
  });
}

const statusOf = (guard: Guard, id = "p1") => guard.simulator.account.pod(id)?.status;

function endsIn(guard: Guard): readonly (readonly unknown[])[] {
  const text = textOf(join(guard.folder, "history.jsonl")) ?? "";
  const events = text
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Json]));
  return events.flatMap((event) =>
    event["event_type"] === "stop" || event["event_type"] === "termination"
      ? [[event["pod_id"], event["reason"]]]
      : [],
  );
}

async function end(running: Running): Promise<void> {
  running.signal("SIGTERM");
  expect(await running.ended).toMatchObject({ by: 130 });
}

/** Waits until a pod that nothing keeps would have been ended. */
const longEnough = (guard: Guard): Promise<unknown> =>
  until("it has looked nine times", () => looksOf(guard).length >= 9);

describe.concurrent("a guard that only tells", () => {
  it("tells at once, and not again with each look; the pod runs on", async (test) => {
    const guard = await guarded(test, { idle: { ...idle, action: "notify" } });
    const running = guard.watch();

    await until("it is told", () => heardBy(guard).length > 0);
    await longEnough(guard);
    await end(running);

    expect(heardBy(guard)).toEqual([
      expect.stringMatching(
        /^idle: pod name-of-p1 \(p1\) has been idle for \d+ s, burning \$1\.00\/h\. To stop it: runpodboss -c \S+ stop p1$/,
      ),
    ]);
    expect(statusOf(guard)).toBe("RUNNING");
  });
});

describe.concurrent("a guard that calls the agent", () => {
  it("calls it once, about that pod, with permissions for that pod alone", async (test) => {
    const guard = await guarded(
      test,
      {
        hard_timeout: {
          hours: 1,
          action: "agent",
          pods: ["p1"],
          prompt: "{pod_id}|{pod_name}|{reason}",
        },
      },
      { pods: [pod("p1"), pod("p2")] },
    );
    guard.configure({ claude_command: [guard.program("claude", printResult())[1], "-p"] });
    const running = guard.watch();

    const { args } = await guard.called("claude");
    await longEnough(guard);
    await end(running);

    const words = args.join("\n");
    expect(words).toContain(`p1|"name-of-p1"|hard timeout after 1 h`);
    expect(words).toContain(" stop p1 --exact -y ");
    expect(words).not.toContain("p2");
    expect(guard.calls("claude")).toHaveLength(1);
    expect(statusOf(guard)).toBe("RUNNING");
  });
});

describe.concurrent("a pod that shows no load is kept", () => {
  it("by an activity_command that exits with 0, and asks for that pod", async (test) => {
    const guard = await guarded(test, {});
    const probe = [...guard.program("probe", ""), "{pod_id}", "{pod_name}"];
    guard.configure({ guards: { warn_minutes: 0, idle: { ...idle, activity_command: probe } } });
    const running = guard.watch();

    await longEnough(guard);
    await end(running);

    expect(guard.calls("probe")[0]?.args).toEqual(["p1", "name-of-p1"]);
    expect(statusOf(guard)).toBe("RUNNING");
  });

  it("by one that cannot be run, and people hear of it", async (test) => {
    const guard = await guarded(test, { idle: { ...idle, activity_command: ["no-such-probe"] } });
    const running = guard.watch();

    await longEnough(guard);
    await told(guard, 1);
    await end(running);

    expect(statusOf(guard)).toBe("RUNNING");
    expect(heardBy(guard)).toEqual([
      expect.stringMatching(/^idle: a probe failed, .* name-of-p1 \(p1\): .*no-such-probe/),
    ]);
  });

  it("by a metric for as long as it grows", async (test) => {
    let requests = 0;
    const pages = createServer((_request, response) => {
      requests += requests < 4 ? 1 : 0;
      response.end(`# TYPE done_total counter\ndone_total ${requests}\n`);
    });
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    test.onTestFinished(() => void pages.close());
    const { port } = pages.address() as AddressInfo;
    const metric = { url: `http://127.0.0.1:${port}/{pod_id}`, metric: "done_total" };
    const guard = await guarded(test, {
      idle: { ...idle, activity_metrics: [{ ...metric, increases: true }] },
    });
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await end(running);

    // The first look gives the number to compare with, three more see it grow.
    expect(looksOf(guard).length).toBeGreaterThanOrEqual(6);
    expect(endsIn(guard)).toEqual([["p1", "idle_0.01m"]]);
  });

  it.for<[string, Partial<Telemetry>]>([
    ["a CPU that works, while the time of its telemetry stands still", { cpuPercent: 60 }],
    ["a GPU that works, while the time of its telemetry stands still", { gpuPercents: [60] }],
    ["what is loaded in its GPU's memory", { gpuMemoryPercents: [60] }],
  ])("by %s", async ([sentence, shown], test) => {
    const takenAtMs = Date.now() - (sentence.includes("stands still") ? 10 * 60_000 : 0);
    const telemetry = { ...unused, takenAtMs, ...shown };
    const guard = await guarded(test, { idle }, { pods: [pod("p1", { telemetry })] });
    const running = guard.watch();

    await longEnough(guard);
    await end(running);

    expect(statusOf(guard)).toBe("RUNNING");
    expect(heardBy(guard)).toEqual([]);
  });

  it("by a probe that answers slowly, which keeps no other pod", async (test) => {
    const slow = ["s1", "s2", "s3", "s4", "s5"].map((id) => pod(id));
    const hanging = 'case "$RUNPODBOSS_POD_ID" in s*) exec sleep 60;; esac; exit 1';
    const guard = await guarded(
      test,
      { idle: { ...idle, activity_command: ["sh", "-c", hanging] } },
      { pods: [...slow, pod("p1")] },
    );
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await end(running);

    expect(slow.map(({ id = "" }) => statusOf(guard, id))).toEqual(slow.map(() => "RUNNING"));
  });

  it("by someone who touches it, for as long as it takes to be idle again", async (test) => {
    const guard = await guarded(test, { idle: { ...idle, after_minutes: 4 / 60 } });
    const running = guard.watch();
    await until("it is seen idle", () => looksOf(guard).length >= 2);

    const touchedAtMs = Date.now();
    const touch = await guard.command("touch", "name-of-p1");
    const ended = await running.said("pod ended", { podId: "p1" });
    await end(running);

    expect(touch.by).toBe(0);
    expect(timeOf(ended)).toBeGreaterThanOrEqual(touchedAtMs + 4_000);
  });
});

describe.concurrent("before a guard ends a pod", () => {
  it("its work is saved, once, by a command that knows which pod and why", async (test) => {
    const guard = await guarded(test, { hard_timeout: hardTimeout });
    const save = guard.program("save", "say({ reason: process.env.RUNPODBOSS_REASON });");
    guard.configure({
      guards: {
        warn_minutes: 0,
        hard_timeout: hardTimeout,
        before_stop_command: [...save, "{pod_id}", "{reason}"],
      },
    });
    guard.simulator.failNext("stop-lies", 1, "mutations");
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await end(running);

    expect(guard.calls("save")).toMatchObject([
      { args: ["p1", "hard_timeout_1h"], told: { reason: "hard_timeout_1h" } },
    ]);
  });

  it.for<[string, string, number, RegExp]>([
    ["takes too long", staying, 0.5, /before_stop_command failed: timed out after 0\.5 s/],
    ["fails", failing(3), 300, /before_stop_command failed: exit 3/],
  ])(
    "a command that %s holds up no end and is told",
    async ([_sentence, body, limit, told], test) => {
      const guard = await guarded(test, {});
      guard.configure({
        guards: {
          warn_minutes: 0,
          hard_timeout: hardTimeout,
          before_stop_command: guard.program("save", body),
          before_stop_timeout_seconds: limit,
        },
      });
      const running = guard.watch();

      await running.said("pod ended", { podId: "p1" });
      await until("it is told", () => heardBy(guard).length === 1);
      await end(running);

      expect(heardBy(guard)[0]).toMatch(/stopped pod name-of-p1 /);
      expect(heardBy(guard)[0]).toMatch(told);
    },
  );
});

describe.concurrent("what may be ended", () => {
  it("is bounded within an hour, and what is held back is told at once", async (test) => {
    const pods = ["p1", "p2", "p3"].map((id, n) => pod(id, { costPerHrUsd: 3 - n }));
    const guard = await guarded(
      test,
      { hard_timeout: hardTimeout, max_ends_per_hour: 1 },
      { pods },
    );
    const running = guard.watch();

    await running.said("pod ended", { podId: "p1" });
    await longEnough(guard);
    await told(guard, /held back/);
    await end(running);

    expect([statusOf(guard, "p2"), statusOf(guard, "p3")]).toEqual(["RUNNING", "RUNNING"]);
    expect(heardBy(guard)).toContainEqual(
      expect.stringMatching(
        /^hard_timeout: pods name-of-p2 \(p2\), name-of-p3 \(p3\): held back: max_ends_per_hour \(1\) is reached$/,
      ),
    );
  });

  it("is neither protected nor locked, nor any but the guard's own pods", async (test) => {
    const pods = [
      pod("p1", { name: "Prod-1" }),
      pod("p2", { locked: true }),
      pod("p3"),
      pod("p4", { name: "job-4" }),
    ];
    const guard = await guarded(
      test,
      { hard_timeout: { ...hardTimeout, pods: ["prod-*", "p2", "job-*"] } },
      { pods, config: { protect: ["prod-*"] } },
    );
    const running = guard.watch();

    await running.said("pod ended", { podId: "p4" });
    await longEnough(guard);
    await told(guard, /locked/);
    await end(running);

    expect(endsAskedOf(guard)).toEqual(["p4"]);
    expect(heardBy(guard)).toContainEqual(
      expect.stringMatching(/^hard_timeout: pod name-of-p2 \(p2\): locked, cannot be stopped/),
    );
  });

  it("is what the config asks for by now: a guard taken out while it warns ends nothing", async (test) => {
    const guard = await guarded(test, { hard_timeout: hardTimeout, warn_minutes: 5 / 60 });
    const running = guard.watch();
    await running.said("notification", { event: "warn" });

    guard.configure({ guards: { warn_minutes: 5 / 60 } });
    running.signal("SIGHUP");
    await running.said("config reloaded");
    await until("the end would have come", () => looksOf(guard).length * pollMs >= 6_000);
    await end(running);

    expect(statusOf(guard)).toBe("RUNNING");
  });
});
