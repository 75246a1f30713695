import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { version } from "../../package.json";
import { realPaces } from "#paces.ts";
import { asNobody } from "../nobody.ts";
import {
  addressOf,
  apiKey,
  byApi,
  type Ended,
  fastCli,
  type Guard,
  guardWith,
  type Json,
  until,
} from "./guard.ts";

/** Where RunPod is, as it stands in a config. */
function inFile({ simulator }: Guard): string {
  return JSON.stringify(addressOf(simulator)).slice(1, -1);
}

const top = join(import.meta.dirname, "../..");
const trainer = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };

/** Runs it to its end in this process, where no `~` leads into the folder of the guard. */
function run(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return guard.call(args).ended;
}

/** Runs it to its end in a process of its own, whose home and working folder are the guard's. */
function runApart(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return guard.start(args).ended;
}

const interfaceLines =
  inject("api") === "rest"
    ? "interface: REST v2"
    : `interface: GraphQL decides
REST v2 is not asked: runpod_url is set and rest_url is not\nwhen RunPod ends GraphQL, early in 2027, this guard sees nothing: set rest_url`;

/** Runs `check` with the config of the guard. */
function check(guard: Guard, ...args: readonly string[]): Promise<Ended> {
  return guard.command("check", ...args);
}

/** The same config with the guard's folder in the place of `FOLDER`. */
function inFolder(guard: Guard, config: object): Json {
  return JSON.parse(JSON.stringify(config).replaceAll("FOLDER", guard.folder)) as Json;
}

/** The line of the output that begins so, and those that are indented below it. */
function paragraph(text: string, start: string): readonly string[] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith(start));
  const length = lines.slice(first + 1).findIndex((line) => !line.startsWith(" "));
  return lines.slice(first, first + 1 + length);
}

/** No warnings but those of what happens tonight. */
const onlyTonight = /^warnings: \d below, marked with !$/m;

function modeOf(path: string): string {
  return (fs.statSync(path).mode & 0o777).toString(8);
}

function exampleText(name = "config.example.json"): string {
  return fs.readFileSync(join(top, name), "utf8");
}

describe.concurrent("init", () => {
  it("writes the example where the config is looked for, and says what comes next", async (test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await runApart(guard, "init");

    const path = join(guard.folder, ".runpodboss/config.json");
    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect(fs.readFileSync(path, "utf8")).toBe(exampleText());
    expect(modeOf(path)).toBe("600");
    expect(modeOf(join(guard.folder, ".runpodboss"))).toBe("700");
    expect(stdout).toBe(`Wrote ${path}

Next:
  1. Say who is told, and stop idle pods ("action": "stop"): the first two entries.
       $EDITOR ${path}
  2. Paste your RunPod API key, then Enter and Ctrl-D. Replace the "api_key_env" line with "api_key_file": "~/.runpodboss/key",
       (umask 077 && cat > ~/.runpodboss/key)
  3. Check the account, what would fail at 3 a.m., and what happens tonight:
       runpodboss check
  4. See what the daemon would do now, without doing it:
       runpodboss watch --once --dry-run
  5. Test the channels, each with one message of every severity:
       runpodboss notify test
  6. Test your notify commands and agents:
       runpodboss drill
  7. Run the daemon, by systemd or tmux (see the README):
       runpodboss watch

As it stands, you are not guarded. The steps above mend that.
what happens tonight, while the daemon runs:
!  a pod idles for 30 min              nobody is told, nothing is stopped
!  the balance falls below $10.00      nobody is told, the agent is called
!  the balance falls below $2.00       nobody is told, the agent is called
!  the balance falls below $0.50       nobody is told, the agent is called, pods that still run are stopped
!  the agent fails                     nobody is told, pods that still run are stopped below $0.50
!  RunPod cannot be reached for 5 min  nobody is told
!  this machine dies                   nobody notices; set heartbeat
`);
  });

  it.for([
    [["init", "--output", "FOLDER/a/b/c.json"], "a/b/c.json"],
    [["-c", "FOLDER/a/c.json", "init"], "a/c.json"],
    [["init", "-c", "FOLDER/a/c.json"], "a/c.json"],
  ] as const)("%j writes there, and the next steps name the file", async ([args, file], test) => {
    const guard = await guardWith(test);

    const { by, stdout } = await run(
      guard,
      ...args.map((word) => word.replace("FOLDER", guard.folder)),
    );

    const path = join(guard.folder, file);
    expect(by).toBe(0);
    expect(fs.readFileSync(path, "utf8")).toBe(exampleText());
    expect([modeOf(path), modeOf(join(guard.folder, "a"))]).toEqual(["600", "700"]);
    expect(stdout).toContain(`runpodboss check -c ${path}\n`);
    expect(stdout).toContain(`runpodboss watch -c ${path} --once --dry-run\n`);
  });

  it("the next steps can be pasted into a shell", async (test) => {
    const guard = await guardWith(test);

    const { stdout } = await runApart(guard, "init", "--output", "~/my config's.json");

    const word = `'${guard.folder}/my config'\\''s.json'`;
    expect(stdout).toContain(`runpodboss check -c ${word}\n`);
  });

  it("--triage writes the other example, whose reader is told of everything", async (test) => {
    const guard = await guardWith(test);

    const path = join(guard.folder, "triage.json");
    const { stdout } = await run(guard, "init", "--triage", "--output", path);

    expect(stdout).toContain("\n!  a pod idles for 30 min              you are told, nothing");
    expect(stdout).toContain("\n   the agent fails                     you are told, pods that");
    expect(fs.readFileSync(path, "utf8")).toBe(exampleText("config.example.triage.json"));
  });

  it("what it wrote can be used as it is", async (test) => {
    const guard = await guardWith(test);
    const path = join(guard.folder, "example.json");
    await run(guard, "init", "--output", path);
    const text = fs.readFileSync(path, "utf8");
    fs.writeFileSync(path, text.replace("{", `{ ${inFile(guard)},`));

    const { by, stdout } = await run(guard, "check", "-c", path);

    expect(by).toBe(0);
    expect(stdout).toContain("balance: $20.00\n");
    expect(stdout).toContain("emergency     $0.50  balance is above\n");
  });

  it("the first two entries, filled in, are a guard", async (test) => {
    const guard = await guardWith(test, { notify: "", pods: [trainer] });
    guard.program("claude", "");
    const path = join(guard.folder, "example.json");
    await run(guard, "init", "--output", path);
    const filled = fs
      .readFileSync(path, "utf8")
      .replace("{", `{ ${inFile(guard)},`)
      .replace(`"extra_notify_command": []`, `"extra_notify_command": ["notify"]`)
      .replace(`"action": "notify"`, `"action": "stop"`);
    fs.writeFileSync(path, filled);

    const { stdout } = await run(guard, "check", "-c", path);

    expect(stdout.match(/^! .*$/gm)).toEqual([
      "!  this machine dies                   nobody notices; set heartbeat",
    ]);
  });

  it("refuses to overwrite", async (test) => {
    const guard = await guardWith(test);
    guard.write("mine.json", "mine");
    const path = join(guard.folder, "mine.json");

    const { by, stdout, stderr } = await run(guard, "init", "-c", path);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toBe(
      `${path} already exists. Nothing was written.\nTo change it: runpodboss -c ${path} setup. Use --force to overwrite it, or --output FILE to write to another file.\n`,
    );
    expect(fs.readFileSync(path, "utf8")).toBe("mine");
  });

  it("--force overwrites, and what everyone could read is private then", async (test) => {
    const guard = await guardWith(test);
    guard.write("mine.json", "mine");
    const path = join(guard.folder, "mine.json");
    fs.chmodSync(path, 0o644);

    const { by } = await run(guard, "init", "--force", "-c", path);

    expect(by).toBe(0);
    expect(fs.readFileSync(path, "utf8")).toBe(exampleText());
    expect(modeOf(path)).toBe("600");
  });

  it.for([
    ["a folder", ["--output", "FOLDER/bin", "--force"], "EISDIR"],
    ["a path below a file", ["--output", "FOLDER/config.json/deeper/c.json"], "ENOTDIR"],
    ["a path below a folder that takes none", ["--output", "/proc/none/deeper/c.json"], "ENOENT"],
  ] as const)("cannot write %s", async ([_sentence, args, code], test) => {
    const guard = await guardWith(test);

    const words = args.map((word) => word.replace("FOLDER", guard.folder));
    const { by, stderr } = await run(guard, "init", ...words);

    expect(by).toBe(2);
    expect(stderr).toContain(`could not be written: ${code}`);
    expect(stderr).toContain("Use --output FILE to write to another file.");
  });
});

describe.concurrent("check", () => {
  it("prints the balance, the pods, the burn, the hours, the thresholds and the warnings", async (test) => {
    const pods = [
      trainer,
      { id: "pod-2", name: "b", costPerHrUsd: 0.4, status: "EXITED" as const },
    ];
    const guard = await guardWith(test, { balanceUsd: 4.2345, otherBurnPerHrUsd: 0.01, pods });

    const { by, stdout, stderr } = await check(guard);

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect(stdout).toBe(`balance: $4.23
pods:
  p1     trainer  $1.49/h  RUNNING
  pod-2  b        -        EXITED
protected pods: (none)
${byApi({ graphql: "burn: $1.50/h", rest: "burn: $1.49/h" })}
hours left: 2.8
thresholds:
  warning      $10.00  balance is below
  critical      $2.00  balance is above
  emergency     $0.50  balance is above
worst case: at your $80.00/h limit a crossing costs at most $0.67 before it is seen; what it costs after that depends on who is told: no threshold has a backstop
guards: (none)
${interfaceLines}
API key: $RUNPOD_API_KEY
daemon: NOT RUNNING, nothing is guarded; start it: runpodboss -c ${guard.config} watch
last good drill: never; run runpodboss -c ${guard.config} drill
warnings: 7 below, marked with !
what happens tonight, while the daemon runs:
!  a pod idles for 30 min              nobody is told, nothing is stopped
!  the balance falls below $10.00      nobody is told, the agent is called
!  the balance falls below $2.00       nobody is told, the agent is called
!  the balance falls below $0.50       nobody is told, the agent is called
!  the agent fails                     nobody is told, nothing is stopped
!  RunPod cannot be reached for 5 min  nobody is told
!  this machine dies                   nobody notices; set heartbeat
`);
  });

  it("says so when there are no pods", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 2 });

    const { stdout } = await check(guard);

    expect(stdout.split("\n").slice(0, 8)).toEqual([
      "balance: $2.00",
      "pods: (none)",
      "protected pods: (none)",
      "burn: $0.00/h",
      `hours left: unlimited, ${byApi({ graphql: "nothing", rest: "no pod" })} is burning`,
      "thresholds:",
      "  warning      $10.00  balance is below",
      "  critical      $2.00  balance is above",
    ]);
  });

  it("says so when the pods cannot be known, or some of them", async (test) => {
    const guard = await guardWith(test, { pods: [trainer, { ...trainer, id: "p2" }] });
    guard.simulator.failNext("pods-null");
    const unknown = await check(guard);
    guard.simulator.failNext("broken-pod-row");

    const some = await check(guard);

    expect(unknown).toMatchObject({
      by: 0,
      stdout: expect.stringContaining("balance: $20.00\n"),
    });
    expect(unknown.stdout).toContain("pods: unknown (RunPod's answer had no list)\n");
    expect(some.by).toBe(0);
    expect(paragraph(some.stdout, "pods:")).toEqual([
      "pods:",
      "  p2  trainer  $1.49/h  RUNNING",
      "  and 2 that could not be read: check RunPod's console",
    ]);
  });

  it("a debt and a rate that nobody knows are shown as what they are", async (test) => {
    const pods = [{ ...trainer, costPerHrUsd: 0 }];
    const guard = await guardWith(test, { pods, otherBurnPerHrUsd: 1 });
    const free = await check(guard);
    guard.simulator.account.terminatePod("p1");
    guard.simulator.account.setBalance(-0.1);

    const debt = await check(guard);

    expect(free.stdout).toContain("  p1  trainer  unknown/h  RUNNING\n");
    expect(debt.stdout).toContain("balance: -$0.10\n");
    const left = byApi({ graphql: "0.0", rest: "unlimited, no pod is burning" });
    expect(debt.stdout).toContain(`hours left: ${left}\n`);
  });

  it("--json prints all that as one object", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 3, pods: [trainer] });
    guard.configure({ claude_command: [] });

    const { by, stdout } = await check(guard, "--json");

    const once = { remind: "once", resolved: false };
    expect(by).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      worst_case: expect.stringMatching(/^at your \$80\.00\/h limit a crossing costs at most /),
      agent_ends_pods_with: null,
      api: {
        decides: inject("api"),
        since: null,
        because: null,
        change_over: null,
        rehearsal: null,
        graphql_decides_after_restart: false,
      },
      api_key_from: "$RUNPOD_API_KEY",
      daemon_pid: null,
      balance_usd: 3,
      burn_per_hr_usd: 1.49,
      hours_left: 2.0134,
      pods: [{ id: "p1", name: "trainer", cost_per_hr_usd: 1.49, status: "RUNNING" }],
      unreadable_pods: 0,
      protected_pods: [],
      unmatched_rules: [],
      thresholds: [
        { name: "warning", below_usd: 10, below_hours: null, ...once, balance_is: "below" },
        { name: "critical", below_usd: 2, below_hours: null, ...once, balance_is: "above" },
        { name: "emergency", below_usd: 0.5, below_hours: null, ...once, balance_is: "above" },
      ],
      guards: {
        idle: null,
        lease: null,
        hard_timeout: null,
        stopped: null,
        before_stop_must_succeed: false,
        warn_minutes: 15,
      },
      launch: null,
      foreign_pods: "guard",
      poll: "adaptive",
      trip_on_estimate: false,
      budgets: [],
      schedules: [],
      proxy: null,
      channels: [],
      heartbeat_seconds: null,
      last_good_drill: null,
      page: null,
      outside: null,
      warnings: [
        "claude_command: empty, so no agent is called",
        "a pod idles for 30 min: nobody is told, nothing is stopped",
        "the balance falls below $10.00: nobody is told, nothing is stopped",
        "the balance falls below $2.00: nobody is told, nothing is stopped",
        "the balance falls below $0.50: nobody is told, nothing is stopped",
        "RunPod cannot be reached for 5 min: nobody is told",
        "this machine dies: nobody notices; set heartbeat",
      ],
      tonight: [
        {
          when: "a pod idles for 30 min",
          outcome: ["nobody is told", "nothing is stopped"],
          is_warning: true,
        },
        ...[10, 2, 0.5].map((usd) => ({
          when: `the balance falls below $${usd.toFixed(2)}`,
          outcome: ["nobody is told", "nothing is stopped"],
          is_warning: true,
        })),
        {
          when: "RunPod cannot be reached for 5 min",
          outcome: ["nobody is told"],
          is_warning: true,
        },
        { when: "this machine dies", outcome: ["nobody notices; set heartbeat"], is_warning: true },
      ],
    });
  });

  it("says what pods are held to", async (test) => {
    const guards = {
      idle: {},
      lease: { action: "stop" },
      hard_timeout: { hours: 7.5, action: "terminate" },
    };
    const all = await guardWith(test, { config: { guards } });
    const given = await guardWith(test, {
      config: { guards: { lease: { default_hours: null }, warn_minutes: 0 } },
    });

    const [{ stdout }, other] = await Promise.all([check(all), check(given)]);

    expect(stdout).toContain(`
guards (warning 15 min before a stop):
  hard_timeout  terminate  after 7.5 h
  lease         stop       after 4 h unless you give more, at most 8 h
  idle          notify     after 30 min
${interfaceLines}
API key: $RUNPOD_API_KEY`);
    expect(other.stdout).toContain(`
guards (no warning before a stop):
  lease         notify     only when you give one, at most 8 h
${interfaceLines}
API key: $RUNPOD_API_KEY`);
  });

  it("--json has the guards that are on", async (test) => {
    const guards = {
      idle: { after_minutes: 2.5 },
      lease: { default_hours: null, action: "stop" },
      hard_timeout: { hours: 0.5, action: "terminate" },
      warn_minutes: 0,
    };
    const guard = await guardWith(test, { config: { guards } });

    const { stdout } = await check(guard, "--json");

    expect(JSON.parse(stdout)).toMatchObject({
      guards: {
        idle: { action: "notify", after_minutes: 2.5 },
        lease: { action: "stop", default_hours: null, max_hours: 8 },
        hard_timeout: { action: "terminate", hours: 0.5 },
        warn_minutes: 0,
      },
    });
  });

  it("--json tells what is unknown from what is none", async (test) => {
    const guard = await guardWith(test);
    guard.simulator.failNext("pods-null");
    const unknown = await check(guard, "--json");

    const none = await check(guard, "--json");

    expect(JSON.parse(unknown.stdout)).toMatchObject({ pods: null });
    expect(JSON.parse(none.stdout)).toMatchObject({ pods: [], hours_left: null });
  });

  it("what a pod is called moves no terminal", async (test) => {
    const name = "\u001b[2J\u001b]0;gone\u0007a\r\n\u009bb\u202Ec\u200Bd";
    const guard = await guardWith(test, { pods: [{ ...trainer, name }] });

    const text = await check(guard);
    const json = await check(guard, "--json");

    expect(text.stdout).toContain("  p1  [2J]0;goneabcd  $1.49/h  RUNNING\n");
    for (const { stdout } of [text, json]) expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("is one look, and the limit of what may burn", async (test) => {
    const guard = await guardWith(test);

    await check(guard);

    const whole = byApi({
      graphql: ["look", "limits"],
      rest: ["openapi", "look", "pods", "stop", "openapi", "limits"],
    });
    expect(guard.simulator.asked.map(({ does }) => does)).toEqual(whole);
  });
});

describe.concurrent("what would fail at 3 a.m.", () => {
  const threshold = { name: "warning", below_usd: 10, prompt: "look" };

  it.for<[string, object, string]>([
    [
      "the agent is not on PATH",
      { claude_command: ["no-such-agent", "-p"] },
      'claude_command: "no-such-agent" was not found on PATH; install it or give its full path',
    ],
    [
      "the agent is not where it should be",
      { claude_command: ["/nowhere/agent"] },
      'claude_command: "/nowhere/agent" is not a program that can be run; install it or give its full path',
    ],
    [
      "the agent is a folder",
      { claude_command: ["/tmp"] },
      'claude_command: "/tmp" is not a program that can be run; install it or give its full path',
    ],
    [
      "the agent may not be executed",
      { claude_command: ["FOLDER/config.json"] },
      'claude_command: "FOLDER/config.json" is not a program that can be run; install it or give its full path',
    ],
    ["there is no agent", { claude_command: [] }, "claude_command: empty, so no agent is called"],
    [
      "the notify command is not on PATH",
      { extra_notify_command: ["no-such-notifier"] },
      'extra_notify_command: "no-such-notifier" was not found on PATH; install it or give its full path',
    ],
    [
      "the notify command of one threshold is not on PATH",
      { thresholds: [{ ...threshold, extra_notify_command: ["no-such-notifier"] }] },
      'extra_notify_command: "no-such-notifier" was not found on PATH; install it or give its full path',
    ],
    [
      "the state is below a file",
      { state_file: "FOLDER/config.json/state.json" },
      "state_file: FOLDER/config.json/state.json is not writable",
    ],
    [
      "the state is a folder",
      { state_file: "FOLDER/bin" },
      "state_file: FOLDER/bin is a folder, not a file",
    ],
    [
      "the log is below a file",
      { log_file: "FOLDER/config.json/deeper/log" },
      "log_file: FOLDER/config.json/deeper/log is not writable",
    ],
    [
      "a prompt with an unknown placeholder",
      { thresholds: [{ ...threshold, prompt: "{balence} is left, {pods}" }] },
      "threshold warning: {balence} is not a placeholder and stays as written\n  threshold warning: {pods} is not a placeholder and stays as written",
    ],
    [
      "a prompt with a placeholder that only notices have",
      {
        thresholds: [
          { ...threshold, prompt: "{name}" },
          { ...threshold, name: "low", prompt: "{message}" },
        ],
        extra_notify_command: ["/bin/echo", "{message}"],
      },
      "threshold low: {message} is not a placeholder and stays as written",
    ],
    [
      "a notify command with an unknown placeholder",
      {
        extra_notify_command: ["/bin/echo", "{treshold} {pod_id} {pod_name} {pod_name_json}"],
        thresholds: [threshold],
      },
      "extra_notify_command: {treshold} is not a placeholder and stays as written",
    ],
    [
      "a notify command of three thresholds, once",
      {
        extra_notify_command: ["/bin/echo", "{mesage} {mesage}"],
        thresholds: [1, 2, 3].map((n) => ({ ...threshold, name: `t${n}`, below_usd: n })),
      },
      "extra_notify_command: {mesage} is not a placeholder and stays as written",
    ],
    [
      "a notify command of its own, at its threshold",
      {
        thresholds: [{ ...threshold, extra_notify_command: ["/bin/echo", "{mesage}"] }],
      },
      "threshold warning: {mesage} is not a placeholder and stays as written",
    ],
    [
      "a guard that would tell nobody",
      { guards: { idle: {} } },
      'guards.idle: action is "notify" but notify and extra_notify_command are empty, so nobody is notified',
    ],
    [
      "guards that would warn nobody",
      { guards: { lease: { action: "stop" }, hard_timeout: { action: "terminate" } } },
      'guards.lease: action is "stop" but notify and extra_notify_command are empty, so nobody is warned\n  guards.hard_timeout: action is "terminate" but notify and extra_notify_command are empty, so nobody is warned',
    ],
    [
      "guards that would end pods unannounced",
      {
        guards: { idle: { action: "terminate" }, lease: { action: "notify" }, warn_minutes: 0 },
        extra_notify_command: ["/bin/echo"],
      },
      'guards.idle: action is "terminate" and warn_minutes is 0, so pods terminate without warning',
    ],
    [
      "a guard without its agent",
      { guards: { hard_timeout: { action: "agent" } }, claude_command: [] },
      'claude_command: empty, so no agent is called\n  guards.hard_timeout: action is "agent" but claude_command is empty, so no agent is called',
    ],
    [
      "programs of guards that are not there",
      {
        guards: {
          idle: { activity_command: ["no-such-probe"] },
          before_stop_command: ["FOLDER/no-such-save"],
        },
        extra_notify_command: ["/bin/echo"],
      },
      'guards.idle.activity_command: "no-such-probe" was not found on PATH; install it or give its full path\n  guards.before_stop_command: "FOLDER/no-such-save" is not a program that can be run; install it or give its full path',
    ],
    [
      "guards with unknown placeholders",
      {
        guards: {
          idle: {
            prompt: "{pod} {pod_name} {pod_id} {reason} {message}",
            activity_command: ["/bin/echo", "{pod_id} {pod_name} {reason}"],
            activity_metrics: [
              { url: "http://a/{pod_id}", metric: "m", above: 0 },
              { url: "http://a/{pod_id}/{pod_name}/{pod}", metric: "m", increases: true },
            ],
          },
          before_stop_command: ["/bin/echo", "{pod_id} {pod_name} {reason}", "{why}"],
        },
        extra_notify_command: ["/bin/echo"],
      },
      [
        "guards.idle.prompt: {pod} is not a placeholder and stays as written",
        "guards.idle.prompt: {message} is not a placeholder and stays as written",
        "guards.idle.activity_command: {reason} is not a placeholder and stays as written",
        "guards.idle.activity_metrics[1].url: {pod} is not a placeholder and stays as written",
        "guards.before_stop_command: {why} is not a placeholder and stays as written",
      ].join("\n  "),
    ],
  ])("%s", async ([_sentence, config, warning], test) => {
    const guard = await guardWith(test);
    guard.configure(inFolder(guard, config));

    const { by, stdout } = await check(guard);

    const [heading, ...warnings] = paragraph(stdout, "warnings");
    expect(by).toBe(0);
    expect(heading).toBe("warnings (what would fail at 3 a.m.):");
    expect(warnings.join("\n")).toBe(`  ${warning.replaceAll("FOLDER", guard.folder)}`);
  });

  it("the leases cannot be read", async (test) => {
    const guard = await guardWith(test);
    guard.write("leases.json", "{");

    const { stdout } = await check(guard);

    const [, warning] = paragraph(stdout, "warnings");
    expect(warning).toContain(`lease file ${guard.folder}/leases.json `);
  });

  it("the folder of a state that is there may not be written", async (test) => {
    const guard = await guardWith(test);
    // The executable that is shipped.
    guard.configure({ state_file: "~/shut/state.json", poll_interval_seconds: 5 });
    guard.write("shut/state.json", "{}");
    const [config, shut] = [join(guard.folder, "config.json"), join(guard.folder, "shut")];
    fs.chmodSync(guard.folder, 0o755);
    fs.chmodSync(config, 0o644);
    fs.chmodSync(join(shut, "state.json"), 0o666);
    fs.chmodSync(shut, 0o555);

    const { stdout } = await asNobody(["check", "-c", config], {
      HOME: guard.folder,
      RUNPOD_API_KEY: apiKey,
    });
    fs.chmodSync(shut, 0o700);

    expect(paragraph(stdout, "warnings")).toContain(`  state_file: ${shut} is not writable`);
  });

  it("everyone can read a config that holds the key", async (test) => {
    const guard = await guardWith(test, { config: { api_key: apiKey } });
    const path = join(guard.folder, "config.json");
    fs.chmodSync(path, 0o644);

    const { by, stdout } = await check(guard);

    expect(by).toBe(0);
    expect(paragraph(stdout, "warnings")[1]).toBe(
      `  ${path}: others on this machine may read it. Run: chmod 600 ${path}`,
    );
  });

  it("a program is found in the home folder, on PATH, and by its path", async (test) => {
    const config = { claude_command: ["~/bin/agent", "-p"], extra_notify_command: ["notify"] };
    const guard = await guardWith(test, { notify: "" });
    guard.configure(config);

    const { stdout } = await runApart(guard, "check", "-c", guard.config);

    expect(stdout).toMatch(onlyTonight);
  });

  it.for<[string, number, readonly string[]]>([
    [
      "which would come too late at the present burn",
      80,
      [
        "  threshold emergency: at $80.00/h, $0.50 lasts 23 s, but the backstop may need 155 s; raise below_usd to $3.45 or more",
      ],
    ],
    ["which would come in time", 10, []],
    ["which nothing needs, as nothing burns", 0, []],
  ])("a backstop %s", async ([_sentence, costPerHrUsd, expected], test) => {
    const pods = costPerHrUsd === 0 ? [] : [{ ...trainer, costPerHrUsd }];
    const guard = await guardWith(test, { pods, config: { poll_interval_seconds: 5 } });
    const backstop = { action: "stop", after_seconds: 120 };
    guard.configure({
      thresholds: [{ ...threshold, name: "emergency", below_usd: 0.5, backstop }],
    });

    const { stdout } = await check(guard);
    guard.configure({ thresholds: [{ ...threshold, below_usd: 3.45, backstop }] });
    const raised = await check(guard);

    expect(paragraph(stdout, "warnings").slice(1)).toEqual(expected);
    expect(raised.stdout).toMatch(onlyTonight);
  });

  it("guards that reach people, an agent and their programs are fine", async (test) => {
    const guard = await guardWith(test, { notify: "" });
    const thresholds = [{ ...threshold, extra_notify_command: ["notify"] }];
    guard.configure({
      thresholds,
      extra_notify_command: [],
      guards: {
        idle: { activity_command: ["notify", "{pod_id}"] },
        lease: { action: "agent" },
        hard_timeout: { action: "stop" },
        before_stop_command: ["notify", "{pod_id}", "{reason}"],
      },
    });

    const { stdout } = await check(guard);

    expect(stdout).toMatch(onlyTonight);
  });

  it("a folder that is missing will be made", async (test) => {
    const guard = await guardWith(test);
    guard.configure({ state_file: join(guard.folder, "a/b/c/state.json") });

    const { stdout } = await check(guard);

    expect(stdout).toMatch(onlyTonight);
    expect(fs.existsSync(join(guard.folder, "a"))).toBe(false);
  });

  it("--strict makes warnings exit with 2, after all was printed", async (test) => {
    const guard = await guardWith(test, { config: { claude_command: [] } });

    const { by, stdout, stderr } = await check(guard, "--strict");

    expect(by).toBe(2);
    expect(stdout).toContain("balance: $20.00\n");
    expect(stdout).toContain("claude_command: empty");
    expect(stderr).toBe("6 warnings, which --strict makes an error.\n");
  });

  it("--strict is content where there are none", async (test) => {
    const guard = await guardWith(test, { notify: "", pods: [trainer] });
    guard.configure({
      extra_notify_command: ["notify"],
      thresholds: [{ ...threshold, backstop: { action: "stop" } }],
      guards: { idle: { action: "stop" } },
    });

    const { by, stdout, stderr } = await check(guard, "--strict", "--json");

    // No config mends that: it is told, and refuses none.
    const { warnings } = JSON.parse(stdout) as { warnings: readonly string[] };
    expect(warnings).toEqual(["this machine dies: nobody notices; set heartbeat"]);

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
  });
});

describe.concurrent("when the poll failed", () => {
  it("a key that is refused", async (test) => {
    const guard = await guardWith(test, { config: { api_key: "rpa_another" } });

    const { by, stdout, stderr } = await check(guard);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    // What follows a "bearer" is blanked out, whatever it is.
    const words = byApi({ graphql: "Unauthorized", rest: "missing or invalid bearer [redacted]" });
    expect(stderr).toBe(
      `RunPod refused the API key: HTTP 401: ${words}.\nCreate a key in RunPod's console under Settings, API Keys. Put it where the config takes it from: api_key_file, api_key, or the variable that api_key_env names (RUNPOD_API_KEY).\n`,
    );
  });

  it("nobody answers", async (test) => {
    const guard = await guardWith(test);
    const { url, restUrl } = guard.simulator;
    await guard.simulator.close();

    const { by, stdout, stderr } = await check(guard, "--json");

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain(
      `RunPod could not be reached at ${byApi({ graphql: url, rest: restUrl })}: connect ECONNREFUSED`,
    );
    expect(stderr).toContain("Check this machine's network");
    expect(stderr).toContain(byApi({ graphql: "and runpod_url if", rest: "and rest_url if" }));
  });

  it("the answer is a page", async (test) => {
    const guard = await guardWith(test);
    guard.simulator.failNext("http-502-html", 1, "looking");

    const { by, stderr } = await check(guard);

    expect(by).toBe(2);
    expect(stderr).toContain("RunPod answers with an error: HTTP 502 with text/html");
  });

  it.for([
    ["fails itself", "http-500", "RunPod answers with an error: HTTP 500: ", "https://uptime"],
    ["asks to be left alone", "http-429", "RunPod answers with an error: HTTP 429 ", "a minute"],
    ["refuses the request", "http-403", "could not be read: HTTP 403 ", "may have changed"],
    [
      "answers what nobody understands",
      "array",
      "could not be read: HTTP 200 ",
      "may have changed",
    ],
  ] as const)("RunPod %s", async ([_sentence, fault, words, hint], test) => {
    const guard = await guardWith(test);
    guard.simulator.failAll(fault);

    const { by, stderr } = await check(guard);

    expect(by).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain(hint);
  });

  it("interrupted", async (test) => {
    const guard = await guardWith(test);
    guard.simulator.failNext("silence");
    const running = guard.start(["check", "-c", guard.config]);
    await until("it has asked", () => guard.simulator.requests === 1);

    running.signal("SIGINT");

    expect(await running.ended).toMatchObject({ by: 130, stdout: "", stderr: "" });
  });
});

describe.concurrent("a config that cannot be used", () => {
  it.for<[string, string[]]>([
    ["check", ["check"]],
    ["watch", ["watch", "--once"]],
  ])("%s shows all that is wrong, and exits with 2", async ([_command, args], test) => {
    const config = { poll_interval_seconds: 1, pol_interval: 5 };
    const guard = await guardWith(test, { config, paces: realPaces });
    const path = join(guard.folder, "config.json");

    const { by, stdout, stderr } = await run(guard, ...args, "-c", path);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toBe(`${path} cannot be used:
  poll_interval_seconds  must be at least 5 (got 1)
  pol_interval           is not a known key; did you mean poll_interval_seconds?
Fix these, then run: runpodboss -c ${path} check
`);
  });

  it("what it holds moves no terminal", async (test) => {
    const guard = await guardWith(test, { config: { "\u001b[2J\u202E": 1 } });

    const { stderr } = await check(guard);

    expect(stderr).toContain("  \\u001b[2J\\u202e  is not a known key; remove it");
  });

  it("is not there", async (test) => {
    const guard = await guardWith(test);

    const { by, stderr } = await runApart(guard, "check");

    expect(by).toBe(2);
    expect(stderr).toBe(`There is no config at ${guard.folder}/.runpodboss/config.json.
To set one up:
  runpodboss setup
To write one by hand:
  runpodboss init
To name another: --config FILE
`);
  });
});

describe.concurrent("the command line", () => {
  it.for([
    ["before the command", (path: string) => ["-c", path, "check"]],
    ["after the command", (path: string) => ["check", "-c", path]],
    ["by its long name before", (path: string) => ["--config", path, "check"]],
    ["by its long name after", (path: string) => ["check", `--config=${path}`]],
  ] as const)("the config may be named %s", async ([_sentence, args], test) => {
    const guard = await guardWith(test);

    const { by, stdout } = await run(guard, ...args(join(guard.folder, "config.json")));

    expect(by).toBe(0);
    expect(stdout).toContain("balance: $20.00\n");
  });

  it.for([
    ["with ~", "~/config.json"],
    ["as a path from here", "config.json"],
  ] as const)("the config may be named %s", async ([_sentence, path], test) => {
    const guard = await guardWith(test);

    const { by, stdout } = await runApart(guard, "check", "-c", path);

    expect(by).toBe(0);
    expect(stdout).toContain("balance: $20.00\n");
  });

  it.for([
    [["chekc"], "error: unknown command 'chekc'"],
    [["--jsn"], "error: unknown option '--jsn'"],
    [["check", "--jsn"], "error: unknown option '--jsn'"],
    [["check", "more"], "error: too many arguments for 'check'"],
    [["check", "-c"], "error: option '-c, --config <file>' argument missing"],
    [["init", "--output"], "error: option '--output <file>' argument missing"],
  ] as const)("%j is refused with 2", async ([args, words], test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await run(guard, ...args);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^Then try: runpodboss( \w+)? --help$/m);
    expect(stderr).not.toContain("    at ");
  });

  it("--version", async (test) => {
    const ended = await run(await guardWith(test), "--version");

    expect(ended).toMatchObject({ by: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.for([
    [["-h"], ["init", "check", "watch", "drill", "demo", "--config <file>", "Exit codes:"]],
    [["--help"], ["Usage: runpodboss"]],
    [["help"], ["Usage: runpodboss"]],
    [
      ["init", "-h"],
      ["Usage: runpodboss init", "--output <file>", "--triage", "--force"],
    ],
    [
      ["check", "-h"],
      ["Usage: runpodboss check", "--json", "--strict"],
    ],
    [
      ["watch", "-h"],
      ["Usage: runpodboss watch", "--once", "--dry-run"],
    ],
    [
      ["drill", "-h"],
      ["Usage: runpodboss drill", "--no-agent", "[threshold...]"],
    ],
    [
      ["demo", "-h"],
      ["Usage: runpodboss demo", "--night"],
    ],
    [["help", "watch"], ["Usage: runpodboss watch"]],
    [["-c", "/nowhere", "watch", "--once", "--help"], ["Usage: runpodboss watch"]],
  ] as const)("%j helps", async ([args, words], test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await run(guard, ...args);

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    for (const each of words) expect(stdout).toContain(each);
    expect(guard.simulator.requests).toBe(0);
  });

  it.for([
    ["touch without a pod", ["touch"], "touch"],
    ["lease without its hours", ["lease", "p1"], "lease"],
    ["history with an option of another command", ["history", "--night"], "history"],
    ["stop with an option that nobody knows", ["stop", "--everything"], "stop"],
  ] as const)("%s: the next step is that command's own help", async ([_what, args, name], test) => {
    const { by, stderr } = await run(await guardWith(test), ...args);

    expect(by).toBe(2);
    expect(stderr).toContain(`Then try: runpodboss ${name} --help`);
  });

  it.for([[], ["check"], ["stop"], ["demo"], ["history"]] as const)(
    "of %j: a switch is not said to be false",
    async (args, test) => {
      const { stdout } = await run(await guardWith(test), ...args, "--help");

      expect(stdout).not.toContain("false");
    },
  );

  it("without a command it helps, and says that this was none", async (test) => {
    const { by, stdout, stderr } = await run(await guardWith(test));

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toContain("Usage: runpodboss");
  });

  it.for([
    ["check", `"$0" "$@" check -c config.json`],
    ["help", `"$0" "$@" --help`],
  ])("%s | head -1 does not crash", async ([_sentence, command], test) => {
    const pods = Array.from({ length: 5_000 }, (_, n) => ({ id: `p${n}`, costPerHrUsd: 1 }));
    const guard = await guardWith(test, { pods, balanceUsd: 1e6 });
    const line = `set -o pipefail; ${command} | head -n 1`;

    const { by, stdout, stderr } = await guard.run("bash", ["-c", line, ...fastCli()]).ended;

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });
});
