import { proxyAddresses } from "#requests/proxy.ts";
import { passwordsIn } from "#config/url.ts";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultPrompts } from "#config/default-prompts.ts";
import { loadConfig } from "#config/load.ts";
import type { GuardSettings, Settings } from "#config/settings.ts";
import { exitCodes, UserError } from "#errors.ts";
import { type Backstop, agentGuardNames } from "#guard/model/policy.ts";
import { realPaces } from "#paces.ts";
import { render, someCommands } from "#template/render.ts";
import { asNobody } from "../nobody.ts";
import { tempFolder } from "../temp-folder.ts";

const apiKey = "rpa_0123456789ABCDEFGHIJ";
const env = { RUNPOD_API_KEY: apiKey };
const threshold = { name: "warning", below_usd: 10, prompt: "look at {pods_json}" };

function fileWith(text: string | Buffer): string {
  const path = join(tempFolder(), "config.json");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** The least that a config must hold, and these keys. */
function settingsWith(keys: Record<string, unknown>): Promise<Settings> {
  return loadConfig(fileWith(JSON.stringify({ thresholds: [threshold], ...keys })), env, realPaces);
}

/** What a config that cannot be used makes the user read, with its own path written as `PATH`. */
async function complaintAbout(config: string | object, given: NodeJS.ProcessEnv = env) {
  const path = fileWith(typeof config === "string" ? config : JSON.stringify(config));
  const error = await refusalOf(path, given);
  return error.message.replaceAll(path, "PATH");
}

async function refusalOf(path: string, given: NodeJS.ProcessEnv = env): Promise<UserError> {
  const error: unknown = await loadConfig(path, given, realPaces).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw new Error("the config was taken", { cause: error });
}

describe("what a config says", () => {
  it("every key but the thresholds has a default", async () => {
    const path = fileWith(JSON.stringify({ thresholds: [threshold] }));

    const settings = await loadConfig(path, env, realPaces);

    expect(settings).toEqual({
      configPath: path,
      apiKey,
      apiKeyFrom: "$RUNPOD_API_KEY",
      apiKeyNames: ["RUNPOD_API_KEY"],
      secrets: [apiKey],
      pollIntervalMs: 60_000,
      maxRuntimeMs: Infinity,
      stateFile: join(homedir(), ".runpodboss/state.json"),
      logFile: join(homedir(), ".runpodboss/runpodboss.log"),
      claudeCommand: ["claude", "-p"],
      claudeTimeoutMs: 300_000,
      claudeAttempts: 3,
      agentPermissions: "scoped",
      agentMaxTurns: 30,
      agentMaxBudgetUsd: 2,
      notifyCommand: [],
      notifyTimeoutMs: 30_000,
      channels: [],
      blindAfterMs: 300_000,
      protect: [],
      thresholds: [
        {
          name: "warning",
          belowUsd: 10,
          prompt: "look at {pods_json}",
          notifyCommand: [],
          backstop: undefined,
        },
      ],
      guards: {
        warnMs: 900_000,
        maxEndsPerHour: 20,
        beforeStopCommand: [],
        beforeStopTimeoutMs: 300_000,
      },
      budgets: [],
      schedules: [],
      poll: "adaptive",
      historyDays: 90,
      dryRun: false,
      api: "auto",
      runpodUrl: "https://api.runpod.io/graphql",
      restUrl: "https://api.runpod.io/v2",
      warnings: [],
    } satisfies Settings);
  });

  it.each<[string, unknown, Partial<Settings>]>([
    ["poll_interval_seconds", 5, { pollIntervalMs: 5_000 }],
    ["poll_interval_seconds", 7.5, { pollIntervalMs: 7_500 }],
    ["poll_interval_seconds", 86_400, { pollIntervalMs: 86_400_000 }],
    ["max_runtime_seconds", 0, { maxRuntimeMs: Infinity }],
    ["max_runtime_seconds", 0.5, { maxRuntimeMs: 500 }],
    ["max_runtime_seconds", 1e9, { maxRuntimeMs: 1e12 }],
    ["state_file", "/var/lib/state.json", { stateFile: "/var/lib/state.json" }],
    ["state_file", "~/state.json", { stateFile: join(homedir(), "state.json") }],
    ["state_file", "near.json", { stateFile: join(process.cwd(), "near.json") }],
    ["log_file", "~/log", { logFile: join(homedir(), "log") }],
    ["claude_command", ["my-agent", "--fast"], { claudeCommand: ["my-agent", "--fast"] }],
    ["claude_command", ["~/bin/a", "~/b"], { claudeCommand: [join(homedir(), "bin/a"), "~/b"] }],
    ["claude_command", [], { claudeCommand: [] }],
    ["claude_timeout_seconds", 0.1, { claudeTimeoutMs: 100 }],
    ["claude_timeout_seconds", 86_400, { claudeTimeoutMs: 86_400_000 }],
    ["claude_attempts", 1, { claudeAttempts: 1 }],
    ["claude_attempts", 100, { claudeAttempts: 100 }],
    ["agent_permissions", "inherit", { agentPermissions: "inherit" }],
    ["agent_max_turns", 1, { agentMaxTurns: 1 }],
    ["agent_max_budget_usd", 0.25, { agentMaxBudgetUsd: 0.25 }],
    ["extra_notify_command", ["~/bin/tell"], { notifyCommand: [join(homedir(), "bin/tell")] }],
    ["notify_timeout_seconds", 0.5, { notifyTimeoutMs: 500 }],
    ["blind_after_seconds", 0, { blindAfterMs: 0 }],
    ["blind_after_seconds", 90, { blindAfterMs: 90_000 }],
    ["protect", ["my-pod", "train-*"], { protect: ["my-pod", "train-*"] }],
    ["history_days", 1, { historyDays: 1 }],
    ["history_days", 7.5, { historyDays: 7.5 }],
    ["history_days", 3_660, { historyDays: 3_660 }],
    ["dry_run", true, { dryRun: true }],
    ["runpod_url", "http://127.0.0.1:8080/graphql", { runpodUrl: "http://127.0.0.1:8080/graphql" }],
    ["runpod_url", "https://proxy.example/", { runpodUrl: "https://proxy.example/" }],
    ["runpod_url", "https://proxy.example/", { restUrl: undefined }],
    ["api", "graphql", { api: "graphql" }],
    ["api", "rest", { api: "rest", restUrl: "https://api.runpod.io/v2" }],
    ["rest_url", "http://127.0.0.1:8080/v2", { restUrl: "http://127.0.0.1:8080/v2" }],
    ["rest_balance_path", "/billing/balance", { restBalancePath: "/billing/balance" }],
    ["api_key", "rpa_fromTheConfig", { apiKey: "rpa_fromTheConfig" }],
  ])("%s may be %j", async (key, value, expected) => {
    const settings = await settingsWith({ [key]: value });

    expect(settings).toMatchObject(expected);
  });

  it.each<[string, unknown, Partial<Settings>]>([
    ["api_key", null, { apiKey }],
    ["api_key", "", { apiKey }],
    ["api_key_file", null, { apiKey }],
    ["api_key_file", "", { apiKey }],
    ["api_key_env", null, { apiKey }],
    ["api_key_env", "", { apiKey }],
    ["state_file", null, { stateFile: join(homedir(), ".runpodboss/state.json") }],
    ["state_file", "", { stateFile: join(homedir(), ".runpodboss/state.json") }],
    ["log_file", null, { logFile: join(homedir(), ".runpodboss/runpodboss.log") }],
    ["log_file", "", { logFile: join(homedir(), ".runpodboss/runpodboss.log") }],
    ["claude_command", null, { claudeCommand: ["claude", "-p"] }],
    ["runpod_url", null, { runpodUrl: "https://api.runpod.io/graphql" }],
    ["runpod_url", "", { runpodUrl: "https://api.runpod.io/graphql" }],
  ])("%s: %j counts as absent", async (key, value, expected) => {
    const settings = await settingsWith({ [key]: value });

    expect(settings).toMatchObject(expected);
  });

  it.each<[string, object, object, readonly string[]]>([
    ["none at all", {}, {}, []],
    ["null", { extra_notify_command: null }, {}, []],
    ["one for all", { extra_notify_command: ["tell", "{name}"] }, {}, ["tell", "{name}"]],
    ["one of its own", {}, { extra_notify_command: ["call"] }, ["call"]],
    [
      "its own before the one for all",
      { extra_notify_command: ["tell"] },
      { extra_notify_command: ["call"] },
      ["call"],
    ],
    [
      "an empty one of its own silences the one for all",
      { extra_notify_command: ["tell"] },
      { extra_notify_command: [] },
      [],
    ],
    [
      "null of its own leaves the one for all",
      { extra_notify_command: ["tell"] },
      { extra_notify_command: null },
      ["tell"],
    ],
    [
      "a program in the home folder",
      { extra_notify_command: ["~/bin/tell"] },
      {},
      [join(homedir(), "bin/tell")],
    ],
  ])("notify command: %s", async (_sentence, forAll, ofOne, expected) => {
    const settings = await settingsWith({ ...forAll, thresholds: [{ ...threshold, ...ofOne }] });

    expect(settings.thresholds[0]?.notifyCommand).toEqual(expected);
  });

  it.each<[string, object, Backstop | undefined]>([
    ["none unless one is asked for", {}, undefined],
    [
      "two minutes after the trip, unless told otherwise",
      { backstop: { action: "stop" } },
      { action: "stop", afterMs: 120_000 },
    ],
    [
      "when it is told to",
      { backstop: { action: "terminate", after_seconds: 7.5, _why: "no data on them" } },
      { action: "terminate", afterMs: 7_500 },
    ],
    ["at once", { backstop: { action: "stop", after_seconds: 0 } }, { action: "stop", afterMs: 0 }],
  ])("backstop: %s", async (_sentence, ofOne, backstop) => {
    const settings = await settingsWith({ thresholds: [{ ...threshold, ...ofOne }] });

    expect(settings.thresholds[0]?.backstop).toEqual(backstop);
  });

  it.each<[string, readonly string[], NodeJS.ProcessEnv, readonly string[]]>([
    ["in a pod of its own the guard protects itself", [], { RUNPOD_POD_ID: "own1" }, ["own1"]],
    ["beside what the config names", ["a*"], { RUNPOD_POD_ID: "own1" }, ["a*", "own1"]],
    ["anywhere else there is no such pod", ["a*"], { RUNPOD_POD_ID: "" }, ["a*"]],
  ])("protect: %s", async (_sentence, protect, more, expected) => {
    const path = fileWith(JSON.stringify({ thresholds: [threshold], protect }));

    const settings = await loadConfig(path, { ...env, ...more }, realPaces);

    expect(settings.protect).toEqual(expected);
  });

  it("each guard has defaults, and the safe action", async () => {
    const { guards } = await settingsWith({ guards: { idle: {}, lease: {}, hard_timeout: {} } });

    expect(guards).toEqual({
      idle: {
        afterMs: 1_800_000,
        gpuPercent: 5,
        cpuPercent: 10,
        gpuMemoryPercent: 10,
        bootGraceMs: 900_000,
        hasProbes: false,
        action: "notify",
        pods: ["*"],
        prompt: defaultPrompts.idle,
        activityCommand: [],
        activityMetrics: [],
      },
      lease: {
        defaultMs: 14_400_000,
        maxMs: 28_800_000,
        action: "notify",
        pods: ["*"],
        prompt: defaultPrompts.lease,
      },
      hardTimeout: {
        afterMs: 28_800_000,
        action: "notify",
        pods: ["*"],
        prompt: defaultPrompts.hard_timeout,
      },
      warnMs: 900_000,
      maxEndsPerHour: 20,
      beforeStopCommand: [],
      beforeStopTimeoutMs: 300_000,
    } satisfies GuardSettings);
  });

  it.each(["idle", "lease", "hard_timeout"])("guards.%s is off when it is null", async (name) => {
    const absent = await settingsWith({ guards: {} });

    const settings = await settingsWith({ guards: { [name]: null } });

    expect(settings.guards).toEqual(absent.guards);
  });

  it.each<[object, object]>([
    [{ warn_minutes: 0 }, { warnMs: 0 }],
    [{ warn_minutes: 0.5 }, { warnMs: 30_000 }],
    [{ warn_minutes: 1_440 }, { warnMs: 86_400_000 }],
    [{ warn_minutes: 1e-9 }, { warnMs: 1 }],
    [
      { before_stop_command: ["~/save.sh", "~/{pod_id}"] },
      { beforeStopCommand: [join(homedir(), "save.sh"), "~/{pod_id}"] },
    ],
    [{ before_stop_command: null }, { beforeStopCommand: [] }],
    [{ before_stop_timeout_seconds: 0.5 }, { beforeStopTimeoutMs: 500 }],
    [{ before_stop_timeout_seconds: 86_400 }, { beforeStopTimeoutMs: 86_400_000 }],
    [{ max_ends_per_hour: 1 }, { maxEndsPerHour: 1 }],
    [{ hard_timeout: { hours: 2.2 } }, { hardTimeout: { afterMs: 7_920_000 } }],
    [{ hard_timeout: { hours: 8_760 } }, { hardTimeout: { afterMs: 31_536_000_000 } }],
    [{ hard_timeout: { hours: 1e-9 } }, { hardTimeout: { afterMs: 1 } }],
    [{ hard_timeout: { action: "terminate" } }, { hardTimeout: { action: "terminate" } }],
    [{ hard_timeout: { pods: ["train-*"] } }, { hardTimeout: { pods: ["train-*"] } }],
    [{ hard_timeout: { prompt: "look" } }, { hardTimeout: { prompt: "look" } }],
    [{ lease: { default_hours: null } }, { lease: { defaultMs: undefined, maxMs: 28_800_000 } }],
    [{ lease: { default_hours: 8 } }, { lease: { defaultMs: 28_800_000, maxMs: 28_800_000 } }],
    [
      { lease: { default_hours: 0.25, max_hours: 1.5 } },
      { lease: { defaultMs: 900_000, maxMs: 5_400_000 } },
    ],
    [{ lease: { default_hours: null, max_hours: 2 } }, { lease: { maxMs: 7_200_000 } }],
    [{ lease: { action: "stop" } }, { lease: { action: "stop" } }],
    [{ lease: { pods: ["a", "b?"] } }, { lease: { pods: ["a", "b?"] } }],
    [{ lease: { prompt: "look", _why: "mine" } }, { lease: { prompt: "look" } }],
    [{ idle: { after_minutes: 0.1 } }, { idle: { afterMs: 6_000 } }],
    [{ idle: { after_minutes: 10_080 } }, { idle: { afterMs: 604_800_000 } }],
    [{ idle: { after_minutes: 1e-9 } }, { idle: { afterMs: 1 } }],
    [{ idle: { gpu_percent: 0.5 } }, { idle: { gpuPercent: 0.5 } }],
    [{ idle: { gpu_percent: 100 } }, { idle: { gpuPercent: 100 } }],
    [{ idle: { cpu_percent: 10_000 } }, { idle: { cpuPercent: 10_000 } }],
    [{ idle: { boot_grace_minutes: 0 } }, { idle: { bootGraceMs: 0 } }],
    [{ idle: { boot_grace_minutes: 2.5 } }, { idle: { bootGraceMs: 150_000 } }],
    [{ idle: { action: "agent" } }, { idle: { action: "agent" } }],
    [{ idle: { pods: ["a"] } }, { idle: { pods: ["a"] } }],
    [{ idle: { prompt: "look" } }, { idle: { prompt: "look" } }],
    [
      { idle: { activity_command: ["~/busy", "{pod_id}"] } },
      { idle: { activityCommand: [join(homedir(), "busy"), "{pod_id}"], hasProbes: true } },
    ],
    [{ idle: { activity_command: null } }, { idle: { activityCommand: [], hasProbes: false } }],
    [{ idle: { activity_command: [] } }, { idle: { activityCommand: [], hasProbes: false } }],
    [
      {
        idle: {
          activity_metrics: [
            { url: "https://{pod_id}-8000.example/metrics", metric: "a:b", above: 0 },
            { url: "http://127.0.0.1:9/{pod_id}", metric: "c", above: -1.5 },
            { url: "http://a/", metric: "n_total", increases: true },
          ],
        },
      },
      {
        idle: {
          hasProbes: true,
          activityMetrics: [
            {
              url: "https://{pod_id}-8000.example/metrics",
              metric: "a:b",
              activeWhen: { kind: "above", above: 0 },
            },
            {
              url: "http://127.0.0.1:9/{pod_id}",
              metric: "c",
              activeWhen: { kind: "above", above: -1.5 },
            },
            { url: "http://a/", metric: "n_total", activeWhen: { kind: "increases" } },
          ],
        },
      },
    ],
  ])("guards: %j", async (guards, expected) => {
    const settings = await settingsWith({ guards });

    expect(settings.guards).toMatchObject(expected);
  });

  it.each(agentGuardNames)("the prompt of %s names the pod, the reason and the cost", (name) => {
    const values = { balanceUsd: 1, belowUsd: undefined, name, podsJson: "[1.49]" };
    const ofPod = { ...values, podId: "p1", podName: "trainer", reason: "it is due" };
    const commands = { lookCommand: "", stopCommand: "end p1", terminateCommand: "" };

    const { text, unknown } = render(defaultPrompts[name], { ...ofPod, ...commands });

    expect(unknown).toEqual([]);
    for (const words of [
      "pod p1, named trainer",
      "it is due",
      "[1.49]",
      "untrusted",
      "never delete",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toContain("`end p1`");
  });

  it("thresholds stand highest first, however they were written", async () => {
    const lines = { a: 0.5, b: 10, c: 2 };
    const thresholds = Object.entries(lines).map(([name, below_usd]) => ({
      ...threshold,
      name,
      below_usd,
    }));

    const settings = await settingsWith({ thresholds });

    expect(settings.thresholds.map(({ name }) => name)).toEqual(["b", "c", "a"]);
  });

  it("the config of the Python tool, as its readme has it, works unchanged", async () => {
    const path = fileWith(`{
      // RunPod API key. Three resolution paths:
      "api_key": "",
      "api_key_env": "RUNPOD_API_KEY",
      "poll_interval_seconds": 60,
      "max_runtime_seconds": 0,
      "state_file": "~/.runpodboss/state.json",
      "log_file": "~/.runpodboss/runpodboss.log",
      "claude_command": ["claude", "-p"],
      "extra_notify_command": [],
      "thresholds": [
        {
          "name": "warning",
          "below_usd": 10.00,
          "prompt": "Balance is now \${balance:.2f}. Pods:\\n{pods_json}\\nDecide which to keep."
        }
      ]
    }`);

    const settings = await loadConfig(path, env, realPaces);

    expect(settings).toMatchObject({ apiKey, claudeCommand: ["claude", "-p"], warnings: [] });
    expect(settings.thresholds).toMatchObject([{ name: "warning", belowUsd: 10 }]);
  });
});

describe("how a config may be written", () => {
  const plain = JSON.stringify({ thresholds: [threshold] });

  it.each([
    ["comments of both kinds", `// for me\n{ /* mine */ ${plain.slice(1)} // the end`],
    ["trailing commas", plain.replace("}]}", "},],}")],
    ["a byte order mark", `\uFEFF${plain}`],
    ["line ends of Windows", plain.replaceAll(",", ",\r\n")],
    ["notes at the top", plain.replace("{", '{ "_note": "rpa", "_": { "x": [1] }, ')],
    ["notes in a threshold", plain.replace('{"name"', '{"_why": 5, "name"')],
    ["$schema", plain.replace("{", '{ "$schema": "./config.schema.json", ')],
  ])("%s", async (_sentence, text) => {
    const settings = await loadConfig(fileWith(text), env, realPaces);

    expect(settings.thresholds).toHaveLength(1);
  });

  it.each(["config.example.json", "config.example.triage.json"])(
    "%s loads, and every placeholder in it is known",
    async (file) => {
      const settings = await loadConfig(join(import.meta.dirname, "../..", file), env, realPaces);

      const values = { balanceUsd: 1, belowUsd: 2, name: "x", podsJson: "[]" };
      const ofPrompts = { ...values, ...someCommands };
      const rendered = settings.thresholds.flatMap(({ prompt, notifyCommand }) => [
        render(prompt, ofPrompts),
        ...notifyCommand.map((each) =>
          render(each, { ...values, message: "x: words", podId: "p1" }),
        ),
      ]);
      expect(settings.thresholds.map(({ name }) => name)).toEqual([
        "warning",
        "critical",
        "emergency",
      ]);
      expect(rendered.flatMap(({ unknown }) => unknown)).toEqual([]);
      const prompts = settings.thresholds.map(({ prompt }) => render(prompt, ofPrompts).text);
      expect(prompts.join()).not.toMatch(/[{}]|\$\$/);
    },
  );
});

describe.each(["config.example.json", "config.example.triage.json"])("the guards of %s", (file) => {
  const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");

  it("only tell people, of pods that are idle", async () => {
    const { guards } = await loadConfig(fileWith(text), env, realPaces);

    const defaults = await settingsWith({ guards: { idle: {} } });
    expect(guards).toEqual(defaults.guards);
    expect(guards.idle?.action).toBe("notify");
  });

  it("what is commented out works once the slashes are taken away", async () => {
    const whole = text.replaceAll(/^( *)\/\/ (?=")/gm, "$1").replace("/YOUR-TOPIC", "/x7k2-alerts");

    const { guards, budgets, schedules, launch } = await loadConfig(
      fileWith(whole),
      env,
      realPaces,
    );

    expect(launch).toMatchObject({ mostPerHrUsd: 5, mostMs: 28_800_000, mostRunning: 4 });
    expect(budgets).toMatchObject([{ name: "daily", limitUsd: 20, action: "notify" }]);
    expect(schedules).toMatchObject([{ name: "evening", pods: ["dev-*"], action: "stop" }]);
    expect(guards).toMatchObject({
      idle: { action: "notify" },
      lease: { action: "stop", defaultMs: 14_400_000, maxMs: 28_800_000 },
      hardTimeout: { action: "stop", afterMs: 28_800_000 },
      beforeStopCommand: [join(homedir(), "save.sh"), "{pod_id}"],
      beforeStopTimeoutMs: 300_000,
    });
  });
});

it("only our examples ask for a backstop: a stop, at the last line alone", async () => {
  for (const file of ["config.example.json", "config.example.triage.json"]) {
    const { thresholds } = await loadConfig(
      join(import.meta.dirname, "../..", file),
      env,
      realPaces,
    );

    expect(thresholds.map(({ backstop }) => backstop?.action)).toEqual([
      undefined,
      undefined,
      "stop",
    ]);
  }
});

describe("what is refused", () => {
  it("shows all faults at once, each with its place, the value found and what is allowed", async () => {
    const complaint = await complaintAbout({
      poll_interval_seconds: 2,
      pol_interval: 60,
      claude_command: "claude -p",
      dry_run: "no",
      thresholds: [
        { name: "warning", below_usd: 10, prompt: "look" },
        { name: "critical", below_usd: -1, promt: "look" },
        { name: "warning", below_usd: "2", prompt: "" },
        7,
      ],
    });

    expect(complaint).toBe(
      `PATH cannot be used:
  poll_interval_seconds    must be at least 5 (got 2)
  claude_command           must be a list (got text): write ["claude", "-p"]
  thresholds[1].below_usd  must be greater than 0 (got -1)
  thresholds[1].prompt     is missing; it must be text in quotes
  thresholds[1].promt      is not a known key; did you mean prompt?
  thresholds[2].prompt     must not be empty (got "")
  thresholds[3]            must be an object in braces (got 7)
  dry_run                  must be true or false (got "no"): write true or false, without quotes
  pol_interval             is not a known key; did you mean poll_interval_seconds?
  thresholds[2].name       must be unique: "warning" is the name of thresholds[0]; give this one another`,
    );
  });

  it("tells what to do next, and exits with 2", async () => {
    const path = fileWith("{}");
    const error = await refusalOf(path);

    expect(error).toMatchObject({
      hint: `Fix these, then run: runpodboss -c ${path} check`,
      exitCode: exitCodes.refused,
    });
  });

  it.each<[string, unknown, string]>([
    ["poll_interval_seconds", 4.99, "must be at least 5 (got 4.99)"],
    ["poll_interval_seconds", 86_401, "must be at most 86400 (got 86401)"],
    ["poll_interval_seconds", -60, "must be at least 5 (got -60)"],
    ["poll_interval_seconds", "60 s", 'must be a number (got "60 s")'],
    ["poll_interval_seconds", null, "must be a number (got null)"],
    ["max_runtime_seconds", -1, "must be at least 0 (got -1)"],
    ["max_runtime_seconds", false, "must be a number (got false)"],
    ["claude_timeout_seconds", 0, "must be greater than 0 (got 0)"],
    ["claude_timeout_seconds", 86_401, "must be at most 86400 (got 86401)"],
    ["claude_attempts", 0, "must be at least 1 (got 0)"],
    ["claude_attempts", 101, "must be at most 100 (got 101)"],
    ["claude_attempts", 2.5, "must be a whole number (got 2.5)"],
    ["agent_permissions", "all", 'must be "scoped" or "inherit" (got "all")'],
    ["agent_max_turns", 0, "must be at least 1 (got 0)"],
    ["agent_max_budget_usd", 0, "must be greater than 0 (got 0)"],
    ["notify_timeout_seconds", 0, "must be greater than 0 (got 0)"],
    ["notify_timeout_seconds", 86_401, "must be at most 86400 (got 86401)"],
    ["blind_after_seconds", -1, "must be at least 0 (got -1)"],
    ["protect", "my-pod", 'must be a list (got "my-pod"): write ["my-pod"]'],
    ["history_days", 0.5, "must be at least 1 (got 0.5)"],
    ["history_days", 3_661, "must be at most 3660 (got 3661)"],
    ["history_days", "90", 'must be a number (got "90")'],
    ["guards", null, "must be an object in braces (got null)"],
    ["guards", [], "must be an object in braces (got an empty list)"],
    ["protect[1]", ["a", ""], 'must not be empty (got "")'],
    ["state_file", 5, "must be text in quotes (got 5)"],
    ["log_file", {}, "must be text in quotes (got an object)"],
    ["api_key_file", ["a"], "must be text in quotes (got a list)"],
    ["api_key_env", true, "must be text in quotes (got true)"],
    ["claude_command[1]", ["claude", 5], "must be text in quotes (got 5)"],
    ["claude_command", [""], "must start with a program's name (got a list)"],
    ["claude_command[1]", ["a", "b\0"], "must not hold a NUL character (got text)"],
    ["extra_notify_command", "notify-send", 'must be a list (got text): write ["notify-send"]'],
    ["dry_run", 1, "must be true or false (got 1)"],
    ["runpod_url", "ftp://a/", 'must be an http or https address (got "ftp://a/")'],
    ["runpod_url", "api.runpod.io", 'must be an http or https address (got "api.runpod.io")'],
    ["runpod_url", "http://", 'must be an http or https address (got "http://")'],
    ["runpod_url", "http://a:99999/", 'must be an http or https address (got "http://a:99999/")'],
    ["thresholds", [], "must have at least one entry (got an empty list)"],
    ["thresholds", null, "must be a list (got null)"],
    ["thresholds", { a: threshold }, "must be a list (got an object)"],
    ["$schema", 5, "must be text in quotes (got 5)"],
    ["state_file", Array(100).fill(5), "must be text in quotes (got a list)"],
  ])("%s: %j", async (where, value, what) => {
    const key = where.replace(/\[.*/, "");

    const complaint = await complaintAbout({ thresholds: [threshold], [key]: value });

    expect(complaint).toBe(`PATH cannot be used:\n  ${where}  ${what}`);
  });

  it.each<[string, unknown, string]>([
    ["name", "", 'must not be empty (got "")'],
    ["name", 5, "must be text in quotes (got 5)"],
    ["name", undefined, "is missing; it must be text in quotes"],
    ["name", "a\0", 'must not hold a NUL character (got "a\\u0000")'],
    ["below_usd", 0, "must be greater than 0 (got 0)"],
    ["below_usd", -0.01, "must be greater than 0 (got -0.01)"],
    ["below_usd", null, "must be a number (got null)"],
    ["below_usd", undefined, "must have below_usd, below_hours, or both (it has neither)"],
    ["prompt", ["a"], "must be text in quotes (got a list)"],
    ["prompt", "a\0", 'must not hold a NUL character (got "a\\u0000")'],
    ["extra_notify_command", {}, "must be a list (got an object)"],
    ["extra_notify_command", [""], "must start with a program's name (got a list)"],
    ["backstop", "stop", 'must be an object in braces (got "stop")'],
  ])("thresholds[0].%s: %j", async (key, value, what) => {
    const complaint = await complaintAbout({ thresholds: [{ ...threshold, [key]: value }] });

    expect(complaint).toBe(`PATH cannot be used:\n  thresholds[0].${key}  ${what}`);
  });

  it.each<[string, object, string]>([
    [".action", {}, 'is missing; it must be "stop" or "terminate"'],
    [".action", { action: "kill" }, 'must be "stop" or "terminate" (got "kill")'],
    [".after_seconds", { action: "stop", after_seconds: -1 }, "must be at least 0 (got -1)"],
    [
      ".after_seconds",
      { action: "stop", after_seconds: 86_401 },
      "must be at most 86400 (got 86401)",
    ],
    [".after", { action: "stop", after: 5 }, "is not a known key; did you mean after_seconds?"],
    [
      ".name",
      { action: "stop", name: 5 },
      "is not a known key; remove it, or put a _ before its name to keep it as a note",
    ],
  ])("thresholds[0].backstop%s: %j", async (where, backstop, what) => {
    const complaint = await complaintAbout({ thresholds: [{ ...threshold, backstop }] });

    expect(complaint).toBe(`PATH cannot be used:\n  thresholds[0].backstop${where}  ${what}`);
  });

  it.each(["idle", "lease", "hard_timeout"])(
    "clusters in guards.%s want a terminate",
    async (name) => {
      const refused = (guard: object) => settingsWith({ guards: { [name]: guard } });

      for (const action of ["notify", "stop", "agent"]) {
        await expect(refused({ action, clusters: ["llama"] })).rejects.toThrow(
          new RegExp(
            `guards.${name}.clusters +needs "action": "terminate", as a cluster can only be terminated, and only as a whole; set that, or take the clusters out \\(action is "${action}"\\)`,
          ),
        );
      }
      await expect(refused({ clusters: ["llama"] })).rejects.toThrow(/action is "notify"/);
      await expect(refused({ action: "stop", clusters: [] })).resolves.toBeDefined();
    },
  );

  it("a guard has clusters only where the config names some", async () => {
    const { guards } = await settingsWith({
      guards: {
        idle: { action: "terminate", clusters: ["llama"] },
        lease: { action: "terminate", clusters: ["l*"] },
        hard_timeout: { action: "terminate", clusters: [] },
      },
    });

    expect([guards.idle?.clusters, guards.lease?.clusters]).toEqual([["llama"], ["l*"]]);
    expect(guards.hardTimeout).not.toHaveProperty("clusters");
  });

  it("shows all faults of the guards at once", async () => {
    const complaint = await complaintAbout({
      thresholds: [threshold],
      guards: {
        idle: {
          after_minute: 30,
          gpu_percent: 0,
          activity_metrics: [
            { url: "{pod_id}/metrics", metric: "", abov: 1 },
            { url: "http://a/", metric: "m", above: 1, increases: true },
          ],
        },
        lease: { default_hours: 9, action: "kill" },
        warn_minute: 5,
      },
      history_days: 0,
    });

    expect(complaint).toBe(
      `PATH cannot be used:
  guards.idle.gpu_percent                 must be greater than 0 (got 0)
  guards.idle.activity_metrics[0].url     must be an http or https address (got "{pod_id}/metrics")
  guards.idle.activity_metrics[0].metric  must not be empty (got "")
  guards.idle.activity_metrics[0].abov    is not a known key; did you mean above?
  guards.idle.activity_metrics[0]         must have exactly one of above or increases (it has neither)
  guards.idle.activity_metrics[1]         must have exactly one of above or increases (it has both)
  guards.idle.after_minute                is not a known key; did you mean after_minutes?
  guards.lease.action                     must be "notify" or "agent" or "stop" or "terminate" (got "kill")
  guards.lease.default_hours              must be at most max_hours, which is 8 (got 9)
  guards.warn_minute                      is not a known key; did you mean warn_minutes?
  history_days                            must be at least 1 (got 0)`,
    );
  });

  const metric = { url: "http://a/", metric: "m", above: 0 };

  it.each<[string, object, string]>([
    [".warn_minutes", { warn_minutes: -1 }, "must be at least 0 (got -1)"],
    [".warn_minutes", { warn_minutes: 1_441 }, "must be at most 1440 (got 1441)"],
    [".warn_minutes", { warn_minutes: "15" }, 'must be a number (got "15")'],
    [".warn_minutes", { warn_minutes: null }, "must be a number (got null)"],
    [
      ".before_stop_command",
      { before_stop_command: "./save.sh" },
      'must be a list (got text): write ["./save.sh"]',
    ],
    [
      ".before_stop_command",
      { before_stop_command: ["", "{pod_id}"] },
      "must start with a program's name (got a list)",
    ],
    [
      ".before_stop_timeout_seconds",
      { before_stop_timeout_seconds: 0 },
      "must be greater than 0 (got 0)",
    ],
    [
      ".before_stop_timeout_seconds",
      { before_stop_timeout_seconds: 86_401 },
      "must be at most 86400 (got 86401)",
    ],
    [".max_ends_per_hour", { max_ends_per_hour: 0 }, "must be at least 1 (got 0)"],
    [".max_ends_per_hour", { max_ends_per_hour: 2.5 }, "must be a whole number (got 2.5)"],
    [".idle", { idle: [] }, "must be an object in braces (got an empty list)"],
    [".idle", { idle: true }, "must be an object in braces (got true)"],
    [".idle.after_minutes", { idle: { after_minutes: 0 } }, "must be greater than 0 (got 0)"],
    [".idle.after_minutes", { idle: { after_minutes: -5 } }, "must be greater than 0 (got -5)"],
    [
      ".idle.after_minutes",
      { idle: { after_minutes: 10_081 } },
      "must be at most 10080 (got 10081)",
    ],
    [".idle.after_minutes", { idle: { after_minutes: "30" } }, 'must be a number (got "30")'],
    [".idle.gpu_percent", { idle: { gpu_percent: 101 } }, "must be at most 100 (got 101)"],
    [".idle.cpu_percent", { idle: { cpu_percent: 0 } }, "must be greater than 0 (got 0)"],
    [".idle.cpu_percent", { idle: { cpu_percent: 10_001 } }, "must be at most 10000 (got 10001)"],
    [
      ".idle.boot_grace_minutes",
      { idle: { boot_grace_minutes: -1 } },
      "must be at least 0 (got -1)",
    ],
    [
      ".idle.boot_grace_minutes",
      { idle: { boot_grace_minutes: 1_441 } },
      "must be at most 1440 (got 1441)",
    ],
    [
      ".idle.action",
      { idle: { action: "kill" } },
      'must be "notify" or "agent" or "stop" or "terminate" (got "kill")',
    ],
    [".idle.pods", { idle: { pods: "a*" } }, 'must be a list (got "a*"): write ["a*"]'],
    [".idle.pods", { idle: { pods: [] } }, "must have at least one entry (got an empty list)"],
    [".idle.pods[1]", { idle: { pods: ["a", ""] } }, 'must not be empty (got "")'],
    [".idle.prompt", { idle: { prompt: "" } }, 'must not be empty (got "")'],
    [".idle.prompt", { idle: { prompt: "a\0" } }, 'must not hold a NUL character (got "a\\u0000")'],
    [
      ".idle.activity_command",
      { idle: { activity_command: "busy" } },
      'must be a list (got text): write ["busy"]',
    ],
    [
      ".idle.activity_metrics",
      { idle: { activity_metrics: metric } },
      "must be a list (got an object)",
    ],
    [
      ".idle.activity_metrics[0]",
      { idle: { activity_metrics: ["m"] } },
      'must be an object in braces (got "m")',
    ],
    [
      ".idle.activity_metrics[0]",
      { idle: { activity_metrics: [[]] } },
      "must be an object in braces (got an empty list)",
    ],
    [
      ".idle.activity_metrics[0].url",
      { idle: { activity_metrics: [{ ...metric, url: "ftp://{pod_id}/" }] } },
      'must be an http or https address (got "ftp://{pod_id}/")',
    ],
    [
      ".idle.activity_metrics[0].url",
      { idle: { activity_metrics: [{ metric: "m", above: 1 }] } },
      "is missing; it must be text in quotes",
    ],
    [
      ".idle.activity_metrics[0].above",
      { idle: { activity_metrics: [{ ...metric, above: "0" }] } },
      'must be a number (got "0")',
    ],
    [
      ".idle.activity_metrics[0].increases",
      { idle: { activity_metrics: [{ url: "http://a/", metric: "m", increases: false }] } },
      "must be true (got false)",
    ],
    [".lease.default_hours", { lease: { default_hours: 0 } }, "must be greater than 0 (got 0)"],
    [
      ".lease.default_hours",
      { lease: { default_hours: 8.5 } },
      "must be at most max_hours, which is 8 (got 8.5)",
    ],
    [
      ".lease.default_hours",
      { lease: { max_hours: 2 } },
      "is missing; it must be at most max_hours, which is 2",
    ],
    [".lease.max_hours", { lease: { max_hours: null } }, "must be a number (got null)"],
    [
      ".lease.max_hours",
      { lease: { default_hours: 9, max_hours: "8" } },
      'must be a number (got "8")',
    ],
    [
      ".lease.default_hours",
      { lease: { default_hours: "9", max_hours: 8 } },
      'must be a number (got "9")',
    ],
    [".lease.max_hours", { lease: { max_hours: 8_761 } }, "must be at most 8760 (got 8761)"],
    [".hard_timeout.hours", { hard_timeout: { hours: 0 } }, "must be greater than 0 (got 0)"],
    [".hard_timeout.hours", { hard_timeout: { hours: -8 } }, "must be greater than 0 (got -8)"],
    [".hard_timeout.hours", { hard_timeout: { hours: 8_761 } }, "must be at most 8760 (got 8761)"],
    [".hard_timeout.hours", { hard_timeout: { hours: "8h" } }, 'must be a number (got "8h")'],
  ])("guards%s: %j", async (where, guards, what) => {
    const complaint = await complaintAbout({ thresholds: [threshold], guards });

    expect(complaint).toBe(`PATH cannot be used:\n  guards${where}  ${what}`);
  });

  it.each<[string, object, string]>([
    ["hard_timout", { hard_timout: {} }, "hard_timeout"],
    ["warn", { warn: 5 }, "warn_minutes"],
    ["before_stop", { before_stop: [] }, "before_stop_command"],
    ["max_ends", { max_ends: 5 }, "max_ends_per_hour"],
    ["idle.after_minuts", { idle: { after_minuts: 5 } }, "after_minutes"],
    ["idle.actoin", { idle: { actoin: "stop" } }, "action"],
    ["lease.default_hour", { lease: { default_hour: 5 } }, "default_hours"],
    ["hard_timeout.hour", { hard_timeout: { hour: 5 } }, "hours"],
  ])("unknown key in the guards %s: did you mean it?", async (_key, guards, meant) => {
    const complaint = await complaintAbout({ thresholds: [threshold], guards });

    expect(complaint).toMatch(new RegExp(`is not a known key; did you mean ${meant}\\?$`));
  });

  it.each([
    ["1e999", "must be a number (got Infinity)"],
    ["-1e999", "must be a number (got -Infinity)"],
  ])("a number that is none: %s", async (literal, what) => {
    const complaint = await complaintAbout(
      `{"poll_interval_seconds": ${literal}, "thresholds": [${JSON.stringify(threshold)}]}`,
    );

    expect(complaint).toBe(`PATH cannot be used:\n  poll_interval_seconds  ${what}`);
  });

  it.each(["NaN", "Infinity", "None"])("a word of another language: %s", async (literal) => {
    const complaint = await complaintAbout(`{\n  "below_usd": ${literal}\n}`);

    expect(complaint).toContain(`  line 2, column 16  is not JSON here: ${literal} (`);
  });

  it.each([
    ["pol_interval", "poll_interval_seconds"],
    ["poll_interval", "poll_interval_seconds"],
    ["max_runtime", "max_runtime_seconds"],
    ["apikey", "api_key"],
    ["threshold", "thresholds"],
    ["Dry_Run", "dry_run"],
    ["extra_notify", "extra_notify_command"],
    ["blind_after", "blind_after_seconds"],
    ["protected", "protect"],
    ["agent_budget_usd", "agent_max_budget_usd"],
  ])("unknown key %s: did you mean %s?", async (key, meant) => {
    const complaint = await complaintAbout({ thresholds: [threshold], [key]: "" });

    expect(complaint).toBe(
      `PATH cannot be used:\n  ${key}  is not a known key; did you mean ${meant}?`,
    );
  });

  it.each([
    ["belowusd", "below_usd"],
    ["below", "below_usd"],
    ["promtp", "prompt"],
    ["extra_notify_cmd", "extra_notify_command"],
    ["backstops", "backstop"],
  ])("unknown key in a threshold %s: did you mean %s?", async (key, meant) => {
    const complaint = await complaintAbout({ thresholds: [{ ...threshold, [key]: "" }] });

    expect(complaint).toBe(
      `PATH cannot be used:\n  thresholds[0].${key}  is not a known key; did you mean ${meant}?`,
    );
  });

  it("a key that resembles none gets no suggestion", async () => {
    const complaint = await complaintAbout({ thresholds: [threshold], colour: 1 });

    expect(complaint).toBe(
      "PATH cannot be used:\n  colour  is not a known key; remove it, or put a _ before its name to keep it as a note",
    );
  });

  it("long values are cut", async () => {
    const complaint = await complaintAbout({ thresholds: [threshold], dry_run: "x".repeat(500) });

    expect(complaint.split("\n")[1]).toHaveLength(
      `  dry_run  must be true or false (got ${"x".repeat(60)})`.length,
    );
  });
});

describe("what is no JSON", () => {
  it.each([
    ["empty", "", "line 1, column 1  a value is missing here"],
    ["a list", "[]", "line 1  must be an object in braces: { … }"],
    ["text", '"text"', "line 1  must be an object in braces: { … }"],
    ["null", "null", "line 1  must be an object in braces: { … }"],
    [
      "a comma forgotten",
      '{\n  "dry_run": true\n  "thresholds": []\n}',
      "line 3, column 3  a comma is missing before this",
    ],
    [
      "a brace forgotten",
      '{\n  "dry_run": true\n',
      "line 3, column 1  a closing brace } is missing",
    ],
    ["a bracket forgotten", '{ "a": [1', "line 1, column 10  a closing bracket ] is missing"],
    [
      "a colon forgotten",
      '{ "dry_run" true }',
      "line 1, column 13  a colon is missing after the key",
    ],
    ["a value forgotten", '{ "dry_run": }', "line 1, column 14  a value is missing here"],
    [
      "behind a byte order mark",
      '\uFEFF{\n"dry_run": flase }',
      "line 2, column 12  is not JSON here: flase (text needs double quotes; NaN and Infinity are not numbers)",
    ],
  ])("%s", async (_sentence, text, fault) => {
    const complaint = await complaintAbout(text);

    expect(complaint.split("\n").slice(0, 2)).toEqual(["PATH cannot be used:", `  ${fault}`]);
  });
});

describe("what cannot be read", () => {
  it("a missing file names runpodboss init", async () => {
    const path = join(tempFolder(), "config.json");

    const error = await refusalOf(path);

    expect(error.message).toBe(`There is no config at ${path}.`);
    expect(error.hint).toBe(
      `To set one up:\n  runpodboss -c ${path} setup\nTo write one by hand:\n  runpodboss -c ${path} init\nTo name another: --config FILE`,
    );
    expect(error.exitCode).toBe(exitCodes.refused);
  });

  it.each<[string, string, (path: string) => void]>([
    ["a folder", "it is a folder", (path) => mkdirSync(path)],
    ["a link that leads to itself", "ELOOP", (path) => symlinkSync(path, path)],
  ])("%s", async (_sentence, code, make) => {
    const path = join(tempFolder(), "config.json");
    make(path);

    const error = await refusalOf(path);

    expect(error.message).toBe(`The config at ${path} cannot be read: ${code}.`);
    expect(error.hint).toContain("--config FILE");
  });

  it("a path below a file", async () => {
    const path = join(fileWith("{}"), "config.json");

    const error = await refusalOf(path);

    expect(error.message).toBe(`The config at ${path} cannot be read: ENOTDIR.`);
  });

  it("a file that this user may not read", async () => {
    const path = fileWith("{}");
    chmodSync(dirname(path), 0o755);
    chmodSync(path, 0o000);

    const { stderr, exitCode } = await asNobody(["check", "--config", path]);

    expect(stderr).toContain(
      `The config at ${path} cannot be read: this user may not read it (EACCES).\n`,
    );
    expect(stderr).toContain("--config FILE");
    expect(exitCode).toBe(exitCodes.refused);
  });
});

describe("the API key is never shown", () => {
  const old = "9F8E7D6C5B4A39281706F5E4D3C2B1A0ZYXWVUTS";
  const broken = { poll_interval_seconds: 1, thresholds: [threshold] };

  it.each<[string, (key: string) => string | object]>([
    ["in its place", (key) => ({ ...broken, api_key: key })],
    ["in its place, with a line break", (key) => ({ ...broken, api_key: `${key}\nx` })],
    ["in a list", (key) => ({ ...broken, api_key: [key] })],
    ["in an object", (key) => ({ ...broken, api_key: { value: key } })],
    ["under an unknown key", (key) => ({ ...broken, api_kee: key })],
    ["under an unknown key of a threshold", (key) => ({ thresholds: [{ ...threshold, key }] })],
    ["as a variable's name", (key) => ({ thresholds: [threshold], api_key_env: key })],
    ["as a file's name", (key) => ({ thresholds: [threshold], api_key_file: key })],
    ["in its place and in another", (key) => ({ ...broken, api_key: key, runpod_url: key })],
    ["without quotes", (key) => `{ "api_key": ${key} }`],
    ["in single quotes", (key) => `{ "api_key": '${key}' }`],
    ["without a closing quote", (key) => `{ "api_key": "${key} }`],
    ["where a key should stand", (key) => `{ "${key}" }`],
    ["without quotes where a key should stand", (key) => `{ ${key}: 1 }`],
  ])("%s", async (_sentence, configWith) => {
    const complaints = await Promise.all(
      [apiKey, old].map((key) => complaintAbout(configWith(key), {})),
    );

    for (const complaint of complaints) expect(complaint).toContain("PATH cannot be used:");
    expect(complaints[0]).not.toContain(apiKey.slice(0, 8));
    expect(complaints[1]).not.toContain(old.slice(0, 8));
  });

  it.each<[string, (key: string) => object]>([
    ["as an address", (key) => ({ thresholds: [threshold], runpod_url: key })],
    ["as a number's text", (key) => ({ thresholds: [threshold], poll_interval_seconds: key })],
    ["as a command", (key) => ({ thresholds: [threshold], claude_command: key })],
    [
      "where a long text is cut",
      (key) => ({ thresholds: [threshold], dry_run: "x".repeat(40) + key }),
    ],
    ["as the name of a key", (key) => ({ thresholds: [threshold], [key]: "" })],
    ["in a guard", (key) => ({ thresholds: [threshold], guards: { idle: { action: key } } })],
    [
      "as a name twice",
      (key) => ({ thresholds: [key, key].map((name) => ({ ...threshold, name })) }),
    ],
  ])(
    "in a wrong place that shows its value, by its shape or because it is in use: %s",
    async (_sentence, configWith) => {
      const byShape = await complaintAbout(configWith(apiKey), {});
      const inUse = await complaintAbout(configWith(old), { RUNPOD_API_KEY: old });

      expect(byShape).not.toContain(apiKey.slice(0, 8));
      expect(inUse).not.toContain(old.slice(0, 8));
    },
  );

  it("a wrong config leaves no doubt about a key that is missing too", async () => {
    const complaint = await complaintAbout(broken, {});

    expect(complaint).toContain("poll_interval_seconds  must be at least 5 (got 1)");
    expect(complaint).toContain("api_key                not found");
  });
});

it("loading changes nothing", async () => {
  const path = fileWith(JSON.stringify({ thresholds: [threshold] }));
  const before = readFileSync(path, "utf8");

  await loadConfig(path, env, realPaces);

  expect(readFileSync(path, "utf8")).toBe(before);
});

describe("the password of a proxy is shown nowhere, however it is named:", () => {
  it.each([
    ["ALL_PROXY", "http://me:hunter2hunter2@proxy:1"],
    ["all_proxy", "http://me:hunter2hunter2@proxy:1"],
    ["http_proxy", "me:hunter2hunter2@proxy:1"],
    ["HTTPS_PROXY", " me:hunter2hunter2@proxy:1 "],
  ])("%s=%s", (name, value) => {
    expect(proxyAddresses({ [name]: value }).flatMap(passwordsIn)).toContain("hunter2hunter2");
  });
});
