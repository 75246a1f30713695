import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import type { Fault } from "#simulator/faults.ts";
import {
  apiKey,
  type Ended,
  fastCli,
  type Guard,
  guardWith,
  type GuardOptions,
  hasPolled,
  type Json,
  pollMs,
  textOf,
  until,
} from "./guard.ts";
import { inTerminal } from "./terminal.ts";

const launch = { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 };
const config = {
  launch,
  poll_interval_seconds: pollMs / 1_000,
  guards: { lease: { max_hours: 24, action: "stop" }, warn_minutes: 0 },
};
const secret = "a-token-that-nobody-may-see";
const order = ["--gpu", "4090", "--hours", "1", "--image", "some/image", "--name", "trainer"];
/** 1 min, the shortest lease. */
const briefly = ["--hours", "0.017"];

async function guardFor(test: TestContext, options: GuardOptions = {}): Promise<Guard> {
  return guardWith(test, { nowMs: Date.now, ...options, config: { ...config, ...options.config } });
}

/** Where a daemon is alive and has polled. */
async function watched(test: TestContext, options: GuardOptions = {}): Promise<Guard> {
  const guard = await guardFor(test, options);
  guard.watch();
  await hasPolled(guard);
  return guard;
}

const start = (guard: Guard, ...more: readonly string[]): Promise<Ended> =>
  guard.command("start", ...order, ...more);

function podsOf({ simulator }: Guard) {
  return simulator.account.pods();
}

function nameOf(guard: Guard): string {
  return podsOf(guard)[0]?.name ?? "there is no pod";
}

async function launchesOf({ folder }: Guard) {
  const { launches = {} } = await createLeaseFile(join(folder, "leases.json"), identityOf).read();
  return Object.values(launches);
}

/** Which guard ends the first pod. */
async function endsBy(guard: Guard): Promise<unknown> {
  const { stdout } = await guard.command("status", "--json");
  const { pods } = JSON.parse(stdout) as { pods: readonly Json[] };
  return pods[0]?.["ends_by"];
}

/** How often RunPod was asked to make a pod. */
function createsAt({ simulator }: Guard): number {
  return simulator.asked.filter(({ does }) => does === "create").length;
}

describe.concurrent("runpodboss start", () => {
  it("starts a pod that its lease ends, with proof, and says what to type next", async (test) => {
    const guard = await watched(test);

    const { by, stdout } = await start(guard, "-y", ...briefly);

    expect(by).toBe(0);
    expect(nameOf(guard)).toMatch(/^trainer-rb[a-z2-7]{8}$/);
    expect(stdout).toContain(`Pod ${nameOf(guard)} (sim000001) runs, at $0.69/h.`);
    expect(stdout).toMatch(/extend\s+runpodboss -c \S+ extend sim000001 2\n/);
    expect(stdout).toMatch(/stop\s+runpodboss -c \S+ stop sim000001\n/);
    await until("its lease has ended it", () => podsOf(guard)[0]?.status === "EXITED");
    await until("the end is in the history", async () => {
      const { stdout: history } = await guard.command("history", "--json");
      return history.includes("lease_expired");
    });
  });

  it("asks nobody where there is no terminal, and starts nothing", async (test) => {
    const guard = await watched(test);

    const { by, stderr } = await start(guard);

    expect(by).toBe(2);
    expect(stderr).toContain("Nothing was started");
    expect(podsOf(guard)).toEqual([]);
  });

  it("does not say that a lease ends what nothing would end", async (test) => {
    const guard = await guardFor(test);

    const { by, stdout } = await start(guard, "-y", "--force");
    const { stderr } = await start(guard, "-y", "--force", "--json");

    expect(by).toBe(0);
    expect(stdout).toContain(", and nothing ends it then: the daemon is not running.\n");
    expect(stderr).toContain(", and nothing ends it then: the daemon is not running.");
  });

  it("says that nothing ends it, where the daemon ended while it booted", async (test) => {
    const guard = await guardFor(test, { bootMs: "never" });
    const daemon = guard.watch();
    await hasPolled(guard);
    const starting = guard.call(["start", ...order, "-y", "--config", guard.config]);
    await until("RunPod has made it", () => podsOf(guard).length === 1);

    daemon.signal("SIGTERM");
    await daemon.ended;
    starting.signal("SIGINT");
    const { stderr } = await starting.ended;

    expect(stderr).toContain(", and nothing ends it then: the daemon is not running.");
  });

  it("says that nothing ends it, where the daemon has read meanwhile that it is protected", async (test) => {
    const guard = await guardFor(test, { bootMs: "never" });
    const daemon = guard.watchApart();
    await hasPolled(guard);
    const starting = guard.call(["start", ...order, "-y", "--config", guard.config]);
    await until("RunPod has made it", () => podsOf(guard).length === 1);

    guard.configure({ protect: ["trainer*"] });
    daemon.signal("SIGHUP");
    await until("it is in force", () => guard.runs()?.includes("trainer*"));
    starting.signal("SIGINT");
    const { stderr } = await starting.ended;

    expect(stderr).toContain(", and nothing ends it then: protect covers it.");
  });

  it("says that nothing ends it, where a person has insisted though no lease guard does", async (test) => {
    const guard = await watched(test, { config: { guards: {} } });

    const { stdout } = await start(guard, "-y", "--force");

    expect(stdout).toContain(", and nothing ends it then: there is no lease guard.\n");
  });

  it("prints one JSON object with what it is and how it ends", async (test) => {
    const guard = await watched(test);

    const { stdout, by } = await start(guard, "-y", "--json");

    expect(by).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      is: "running",
      pod: { id: "sim000001", name: nameOf(guard), cost_per_hr_usd: 0.69 },
      lease: { id: expect.stringMatching(/^[a-z2-7]{8}$/) as unknown },
      started_by: { kind: "person" },
      because: null,
    });
  });

  it("has no hint where nothing is to be said, neither as JSON nor as a blank line", async (test) => {
    const guard = await watched(test, { config: { launch: { ...launch, max_hours: 0.5 } } });

    const { stderr: json } = await start(guard, "-y", "--json");
    const { stderr: text } = await start(guard, "-y");

    expect(JSON.parse(json)).toMatchObject({ error: { hint: null } });
    expect(text).toMatch(/above launch\.max_hours \(0\.5\)\.\n$/);
  });

  it("has its name and region from the command that its estimate gives", async (test) => {
    const guard = await watched(test);
    const asked = ["--gpu", "4090", "--hours", "1", "--name", "trainer", "--region", "EU-SE-1"];

    const { stdout, stderr } = await guard.command("estimate", ...asked);

    expect(stdout).toMatch(/ start --quote \S+ --name trainer --region EU-SE-1 --image IMAGE\n$/);
    expect(stderr).toBe("");
  });

  it("that would be refused gets no command from its estimate, which says first why", async (test) => {
    const guard = await guardFor(test);
    const asked = ["estimate", "--gpu", "4090", "--hours", "1"];

    const { stdout } = await guard.command(...asked);
    const terminal = inTerminal(guard, [...asked, "-c", guard.config], test, {
      env: { RUNPOD_API_KEY: apiKey },
    });
    await terminal.ended;
    const { stdout: json } = await guard.command(...asked, "--json");

    expect(stdout).not.toMatch(/quote/i);
    expect(terminal.shown()).toMatch(
      /^It would be refused: the daemon is not running[^]*\nStart it: [^]*Balance now/,
    );
    expect(JSON.parse(json)).toMatchObject({
      refused_because: [expect.stringContaining("the daemon is not running") as unknown],
      quote: { id: expect.stringMatching(/^q-/) as unknown },
    });
  });

  it("says that an agent has started it, where one runs the command", async (test) => {
    const guard = await watched(test);
    const args = ["start", "-c", guard.config, ...order, "-y", "--json"];

    const { stdout } = await guard.call(args, { CLAUDECODE: "1", CLAUDE_CODE_SESSION_ID: "s-1" })
      .ended;

    const by = { kind: "agent", agent: "claude-code", session: "s-1" };
    expect(JSON.parse(stdout)).toMatchObject({ started_by: by });
    expect(await launchesOf(guard)).toEqual([
      expect.objectContaining({ by: expect.objectContaining(by) as unknown }),
    ]);
  });

  it("protects it first, where a person wants that, and then nothing ends it", async (test) => {
    const guard = await guardFor(test);
    // It is sent a signal, which is for its whole process.
    guard.watchApart();
    await hasPolled(guard);

    const { by, stdout } = await start(guard, "-y", "--protect");

    expect(by).toBe(0);
    expect(stdout).toContain("It is protected: no lease and no guard ends it.");
    expect(textOf(guard.config)).toContain(JSON.stringify(nameOf(guard)));
    const { stdout: status } = await guard.command("status", "--json");
    expect(JSON.parse(status)).toMatchObject({ pods: [{ is_protected: true, ends_by: "none" }] });
  });

  it("says of a protected pod that never runs that no lease ends it", async (test) => {
    const guard = await guardFor(test, { bootMs: "never" });
    guard.watchApart();
    await hasPolled(guard);

    const { by, stderr } = await start(guard, "-y", "--protect", "--wait", "0");

    expect(by).toBe(1);
    expect(stderr).toMatch(/is not up: .* It is protected: no lease and no guard ends it/s);
    expect(stderr).not.toContain("Its lease ends");
  });

  it("gives the pod its variables and shows them nowhere", async (test) => {
    const guard = await watched(test);
    const env = { HF_TOKEN: secret };
    const args = [
      "start",
      "-c",
      guard.config,
      ...order,
      "-y",
      "--env",
      "HF_TOKEN",
      "--env",
      `B=${secret}2`,
    ];

    const { stdout, stderr } = await guard.call(args, env).ended;

    expect(podsOf(guard)[0]?.env).toEqual(
      expect.arrayContaining([
        `HF_TOKEN=${secret}`,
        `B=${secret}2`,
        expect.stringMatching(/^RUNPODBOSS=[a-z2-7]{8}@/) as unknown,
      ]),
    );
    const files = ["leases.json", "history.jsonl", "state.json", "state.json.quotes"];
    const written = files.map((name) => textOf(join(guard.folder, name)) ?? "");
    const log = textOf(guard.logFile) ?? "";
    for (const text of [stdout, stderr, log, ...written]) expect(text).not.toContain(secret);
  });
});

describe.concurrent.each<[string, Fault]>([
  ["an error though the pod is made", "create-errors-but-happens"],
  ["a dropped connection though it is made", "create-drops-but-happens"],
])("a create that RunPod answers with %s", (_sentence, fault) => {
  it("is not sent again, and the pod is taken in and ends with its lease", async (test) => {
    const guard = await watched(test);
    guard.simulator.failNext(fault, 1, "creates");

    const { by, stdout, stderr } = await start(guard, "-y", ...briefly);

    expect(by).toBe(0);
    expect(createsAt(guard)).toBe(1);
    expect(podsOf(guard)).toHaveLength(1);
    expect(stderr).toContain("the pod is there all the same");
    expect(stdout).toContain(`Pod ${nameOf(guard)} (sim000001) runs`);
    expect(await endsBy(guard)).toBe("lease");
  });

  it("twice at once makes two pods, and each command tells of its own", async (test) => {
    const guard = await watched(test);
    guard.simulator.failNext(fault, 2, "creates");

    const both = await Promise.all([start(guard, "-y", "--json"), start(guard, "-y", "--json")]);

    const told = both.map(({ stdout }) => (JSON.parse(stdout) as { pod: Json }).pod["id"]);
    expect(new Set(told)).toEqual(new Set(["sim000001", "sim000002"]));
    expect(createsAt(guard)).toBe(2);
  });
});

describe.concurrent("a create", () => {
  it("of which nobody knows is said not to be known, and waits for its pod by name", async (test) => {
    const guard = await watched(test);
    guard.simulator.failNext("create-drops", 1, "creates");

    const { by, stderr } = await start(guard, "-y");

    expect(by).toBe(1);
    expect(stderr).toMatch(/Not known whether pod trainer-rb[a-z2-7]{8} was started/);
    const [lost] = await launchesOf(guard);
    expect(lost).not.toHaveProperty("failedAtMs");
    // It comes to be after all, minutes late.
    guard.simulator.account.addPod({ name: lost?.name ?? "", costPerHrUsd: 0.69 });
    await until("its lease is known", async () => (await endsBy(guard)) === "lease");
  });

  it("that RunPod refuses, as none is left, is said to be refused", async (test) => {
    const guard = await watched(test);
    guard.simulator.account.setStock("NVIDIA GeForce RTX 4090", "SECURE", 1);

    const first = await start(guard, "-y");
    const second = await start(guard, "-y", "--force");

    expect([first.by, second.by]).toEqual([0, 2]);
    expect(second.stderr).toContain("RunPod refused it");
    expect(podsOf(guard)).toHaveLength(1);
  });

  it("whose daemon dies right after is held to its lease by the next one", async (test) => {
    const guard = await guardFor(test);
    const daemon = guard.watchApart();
    await hasPolled(guard);
    await start(guard, "-y", ...briefly);
    daemon.signal("SIGKILL");
    await daemon.ended;

    guard.watchApart();

    await until("its lease has ended it", () => podsOf(guard)[0]?.status === "EXITED");
    expect(createsAt(guard)).toBe(1);
  });

  it("whose price has risen since its quote is refused, and one that rose a little is not", async (test) => {
    const guard = await watched(test);
    const quoteOf = async (): Promise<string> => {
      const { stdout } = await guard.command("estimate", "--gpu", "4090", "--hours", "1", "--json");
      return (JSON.parse(stdout) as { quote: { id: string } }).quote.id;
    };
    const risen = await quoteOf();
    guard.simulator.account.setPrice("NVIDIA GeForce RTX 4090", "SECURE", 0.7);

    const refused = await guard.command("start", "--quote", risen, "--image", "some/image");
    const started = await guard.command(
      "start",
      "--quote",
      await quoteOf(),
      "--image",
      "some/image",
    );

    expect([refused.by, started.by]).toEqual([2, 0]);
    expect(refused.stderr).toContain("was agreed to");
    expect(podsOf(guard)).toHaveLength(1);
  });

  it("that costs more than was agreed to by the time it runs is deleted again", async (test) => {
    const guard = await watched(test);
    guard.simulator.account.setPriceAtCreate("NVIDIA GeForce RTX 4090", "SECURE", 0.9);

    const { by, stderr } = await start(guard, "-y");

    expect(by).toBe(2);
    expect(stderr).toMatch(/It was deleted again|RunPod refused it/);
    expect(podsOf(guard)).toEqual([]);
  });

  it("whose pod is pending for some polls has one run in the history, with one start", async (test) => {
    const guard = await watched(test, { bootMs: 4_000 });
    const typesOf = async (): Promise<readonly unknown[]> => {
      const { stdout } = await guard.command("history", "--json");
      return (JSON.parse(stdout) as { events: readonly Json[] }).events.map(
        (each) => each["event_type"],
      );
    };

    await start(guard, "-y");
    const [pod] = podsOf(guard);
    await until("its start is known to the daemon", () => {
      const runs = guard.runs() ?? "";
      return runs.includes('"runsSinceMs"') && !runs.includes('"isStarting"');
    });
    await guard.command("stop", "sim000001", "-y");
    await until("its end is in the history", async () => (await typesOf()).includes("stop"));

    expect(pod?.startedAtMs).toBeGreaterThan(pod?.createdAtMs ?? Infinity);
    const ofRuns = (await typesOf()).filter((type) => type === "start" || type === "stop");
    expect(ofRuns.toSorted()).toEqual(["start", "stop"]);
    expect(textOf(guard.logFile)).not.toContain("stopped and started again");
  });

  it("that never runs is on its lease all the same, and how to delete it is said", async (test) => {
    const guard = await watched(test, { bootMs: "never" });

    const { by, stderr } = await start(guard, "-y", "--wait", "0");

    expect(by).toBe(1);
    expect(stderr).toMatch(/is not up: .* Its lease ends at .* all the same/s);
    expect(stderr).toContain("terminate sim000001");
  });
});

it("that never runs is asked about on a terminal, but not where --yes says to ask nothing", async (test) => {
  const guard = await watched(test, { bootMs: "never" });
  const words = [...fastCli(), "start", "-c", guard.config, ...order, "-y", "--wait", "0"];
  const command = words.map((word) => `'${word}'`).join(" ");

  const { by, stdout } = await guard.run("script", ["-qefc", command, "/dev/null"]).ended;

  expect(by).toBe(1);
  expect(stdout).toContain("terminate sim000001");
  expect(stdout).not.toContain("[y/N]");
});

describe.concurrent("what may be started", () => {
  it.for<readonly [string, Json, readonly string[], string]>([
    ["costs too much", {}, ["--count", "8"], "launch.max_price_per_hr"],
    ["is for too long", {}, ["--hours", "25"], "launch.max_hours"],
    ["is one too many", { max_running: 1 }, [], "launch.max_running"],
    ["is of another type", { gpus: ["A100*"] }, [], "launch.gpus"],
    ["is elsewhere", { regions: ["EU-SE-1"] }, ["--region", "US-TX-3"], "launch.regions"],
  ])("is not what %s, whoever insists", async ([_sentence, caps, args, because], test) => {
    const guard = await watched(test, {
      config: { launch: { ...launch, ...caps } },
      balanceUsd: 1_000,
      pods: [{ id: "p1", costPerHrUsd: 1 }],
    });

    const { by, stderr } = await start(guard, "-y", "--force", ...args);

    expect(by).toBe(2);
    expect(stderr).toContain(because);
    expect(createsAt(guard)).toBe(0);
  });

  it("is nothing where the config does not say what, whoever insists", async (test) => {
    const guard = await watched(test, { config: { launch: undefined } });

    const { by, stderr } = await start(guard, "-y", "--force");

    expect([by, createsAt(guard)]).toEqual([2, 0]);
    expect(stderr).toContain("the config does not say what may be started");
  });

  it("is no more than so many within an hour, whoever insists", async (test) => {
    const guard = await watched(test, {
      config: { launch: { ...launch, max_starts_per_hour: 1 } },
    });
    await start(guard, "-y");

    const { by, stderr } = await start(guard, "-y", "--force");

    expect([by, createsAt(guard)]).toEqual([2, 1]);
    expect(stderr).toContain("launch.max_starts_per_hour is 1");
  });

  it("is nothing while a budget that freezes is spent, whoever insists", async (test) => {
    const daily = { name: "daily", usd: 0.000_001, per: "day", action: "stop", freeze: true };
    const guard = await watched(test, {
      config: { budgets: [daily], protect: ["burning"] },
      pods: [{ id: "p1", name: "burning", costPerHrUsd: 4 }],
    });
    await until("the budget is spent", async () => {
      const { stdout } = await guard.command("status", "--json");
      const { budgets } = JSON.parse(stdout) as { budgets: readonly Json[] };
      return budgets[0]?.["frozen_until"] !== null;
    });

    const { by, stderr } = await start(guard, "-y", "--force");

    expect([by, createsAt(guard)]).toEqual([2, 0]);
    expect(stderr).toContain("budget daily is spent");
  });

  it.for<readonly [string, GuardOptions, string]>([
    ["the balance would not last", { balanceUsd: 1.1 }, "below threshold emergency before"],
    ["no guard ends it", { config: { guards: {} } }, "there is no lease guard"],
  ])(
    "is nothing where %s, unless a person insists",
    async ([_sentence, options, because], test) => {
      const guard = await watched(test, options);

      const refused = await start(guard, "-y");
      const forced = await start(guard, "-y", "--force");

      expect(refused.by).toBe(2);
      expect(refused.stderr).toContain(because);
      expect(refused.stderr).toContain("A person may insist with --force");
      expect([forced.by, createsAt(guard)]).toEqual([0, 1]);
    },
  );

  it("is nothing where no daemon runs, unless a person insists, and no agent may", async (test) => {
    const guard = await guardFor(test);
    const args = ["start", "-c", guard.config, ...order, "-y", "--force"];

    const refused = await start(guard, "-y");
    const byAgent = await guard.call(args, { CLAUDECODE: "1" }).ended;
    const forced = await start(guard, "-y", "--force");

    expect([refused.by, byAgent.by, forced.by]).toEqual([2, 2, 0]);
    expect(refused.stderr).toContain("the daemon is not running");
    expect(byAgent.stderr).toContain("--force is for a person");
    expect(createsAt(guard)).toBe(1);
  });
});
