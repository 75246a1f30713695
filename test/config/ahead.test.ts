import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inForceOf, unreadBy } from "#config/in-force.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

const threshold = { name: "warning", below_usd: 10, prompt: "look" };
const daily = { name: "daily", usd: 20, per: "day" };
const evening = { name: "evening", cron: "0 19 * * 1-5", pods: ["*"] };
const save = { before_stop_command: ["save"] };

function load(keys: object): Promise<Settings> {
  const path = join(tempFolder(), "config.json");
  writeFileSync(path, JSON.stringify({ thresholds: [threshold], ...keys }), { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ" }, realPaces);
}

async function faultsOf(keys: object): Promise<readonly string[]> {
  const error: unknown = await load(keys).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error("the config was taken", { cause: error });
  return error.message
    .split("\n")
    .slice(1)
    .map((line) => line.trim().replace(/ {2,}/, "  "));
}

describe("what is asked for", () => {
  it.each<[string, object, object]>([
    ["nothing, with all defaults", {}, { budgets: [], schedules: [], poll: "adaptive" }],
    [
      "a budget of the account",
      { budgets: [daily] },
      {
        budgets: [{ name: "daily", limitUsd: 20, per: "day", action: "notify", freezes: false }],
      },
    ],
    [
      "a budget with all that there is",
      {
        budgets: [
          {
            ...daily,
            per: "month",
            pods: ["team-*"],
            timezone: "Europe/Berlin",
            prompt: "look at {name}",
            action: "agent",
            freeze: true,
            remind: "doubling",
            resolved: true,
            _why: "the team's",
          },
        ],
      },
      {
        budgets: [
          {
            name: "daily",
            limitUsd: 20,
            per: "month",
            pods: ["team-*"],
            timeZone: "Europe/Berlin",
            prompt: "look at {name}",
            action: "agent",
            freezes: true,
            remind: "doubling",
            tellsResolved: true,
          },
        ],
      },
    ],
    [
      "a schedule of all pods",
      { schedules: [evening] },
      { schedules: [{ ...evening, action: "stop", except: [] }] },
    ],
    [
      "a schedule with all that there is",
      {
        schedules: [
          {
            ...evening,
            timezone: "UTC",
            pods: ["dev-*"],
            action: "notify",
            except: ["2026-12-24", "2028-02-29"],
          },
        ],
      },
      {
        schedules: [
          {
            ...evening,
            timeZone: "UTC",
            pods: ["dev-*"],
            action: "notify",
            except: ["2026-12-24", "2028-02-29"],
          },
        ],
      },
    ],
    ["to trip on an estimate", { trip_on_estimate: true }, { tripsOnEstimate: true }],
    ["to poll as it always did", { poll: "fixed" }, { poll: "fixed" }],
    [
      "a guard of stopped pods",
      { guards: { stopped: {} } },
      {
        guards: {
          stopped: { afterMs: 86_400_000, action: "notify", losesData: false, pods: ["*"] },
        },
      },
    ],
    [
      "one that deletes them",
      {
        guards: {
          stopped: {
            after_hours: 2.5,
            action: "terminate",
            data_loss: true,
            pods: ["tmp-*"],
            remind: "daily",
            resolved: true,
          },
        },
      },
      {
        guards: {
          stopped: {
            afterMs: 9_000_000,
            action: "terminate",
            losesData: true,
            pods: ["tmp-*"],
            remind: "daily",
            tellsResolved: true,
          },
        },
      },
    ],
    [
      "a save that must have worked",
      { guards: { ...save, before_stop_must_succeed: true } },
      { guards: { beforeStopMustSucceed: true } },
    ],
    [
      "reminders",
      {
        thresholds: [{ ...threshold, remind: "hourly", resolved: true }],
        guards: { idle: { remind: "daily" }, lease: { resolved: true }, hard_timeout: {} },
      },
      {
        thresholds: [{ name: "warning", remind: "hourly", tellsResolved: true }],
        guards: { idle: { remind: "daily" }, lease: { tellsResolved: true } },
      },
    ],
  ])("%s", async (_sentence, keys, expected) => {
    expect(await load(keys)).toMatchObject(expected);
  });

  it("what is not asked for leaves the settings as they were before it could be", async () => {
    const settings = await load({ guards: { ...save, stopped: null, idle: {} } });

    expect(settings.thresholds[0]).not.toHaveProperty("remind");
    expect(settings.guards).not.toHaveProperty("stopped");
    expect(settings.guards).not.toHaveProperty("beforeStopMustSucceed");
    expect(settings.guards.idle).not.toHaveProperty("tellsResolved");
    expect(settings).not.toHaveProperty("tripsOnEstimate");
  });
});

it.each<[string, object, readonly string[]]>([
  [
    "a budget without anything",
    { budgets: [{}] },
    [
      "budgets[0].name  is missing; it must be text in quotes",
      "budgets[0].usd  is missing; it must be a number",
      'budgets[0].per  is missing; it must be "day" or "week" or "month"',
    ],
  ],
  [
    "a budget of nothing",
    { budgets: [{ ...daily, usd: 0 }] },
    ["budgets[0].usd  must be greater than 0 (got 0)"],
  ],
  [
    "a key that is nearly one",
    { budgets: [{ ...daily, frezze: true }] },
    ["budgets[0].frezze  is not a known key; did you mean freeze?"],
  ],
  [
    "a budget that calls the agent, and does not say what for",
    { budgets: [{ ...daily, action: "agent" }] },
    ['budgets[0].prompt  must say what the agent is told, as action is "agent" (it has none)'],
  ],
  [
    "two budgets of one name, and two schedules",
    { budgets: [daily, { ...daily, usd: 5 }], schedules: [evening, evening] },
    [
      'budgets[1].name  must be unique: "daily" is the name of budgets[0]; give this one another',
      'schedules[1].name  must be unique: "evening" is the name of schedules[0]; give this one another',
    ],
  ],
  [
    "names that no command could be given",
    { budgets: [{ ...daily, name: "my budget" }], schedules: [{ ...evening, name: "--all" }] },
    [
      'budgets[0].name  must be one word of letters, digits, dots, _ and -, of at most 40 characters (got "my budget")',
      'schedules[0].name  must be one word of letters, digits, dots, _ and -, of at most 40 characters (got "--all")',
    ],
  ],
  [
    "a time zone that is none",
    { budgets: [{ ...daily, timezone: "Berlin" }] },
    [
      'budgets[0].timezone  must be the name of a time zone; did you mean "Europe/Berlin"? (got "Berlin")',
    ],
  ],
  [
    "a schedule that does not say of which pods",
    { schedules: [{ name: "evening", cron: "0 19 * * 1-5" }] },
    ["schedules[0].pods  is missing;"],
  ],
  [
    "a time with seconds",
    { schedules: [{ ...evening, cron: "0 0 19 * * 1-5" }] },
    [
      'schedules[0].cron  is no cron line: that has five parts, such as 0 19 * * 1-5 (got "0 0 19 * * 1-5")',
    ],
  ],
  [
    "a time that never comes, and one that no clock has",
    {
      schedules: [
        { ...evening, cron: "0 19 31 2 *" },
        { ...evening, name: "b", cron: "0 25 * * *" },
      ],
    },
    [
      'schedules[0].cron  names a day that never comes (got "0 19 31 2 *")',
      "schedules[1].cron  is no cron line: ",
    ],
  ],
  [
    "days that no calendar has",
    { schedules: [{ ...evening, except: ["2026-02-30", "24.12.", "2026-13-01"] }] },
    [
      'schedules[0].except[0]  must be a day that there is, written like "2026-12-24" (got "2026-02-30")',
      'schedules[0].except[1]  must be a day that there is, written like "2026-12-24" (got "24.12.")',
      'schedules[0].except[2]  must be a day that there is, written like "2026-12-24" (got "2026-13-01")',
    ],
  ],
  [
    "more days than a year has",
    { schedules: [{ ...evening, except: Array.from({ length: 367 }, () => "2026-12-24") }] },
    ["schedules[0].except  must have at most 366 entries"],
  ],
  [
    "a save that must work, and is none",
    { guards: { before_stop_must_succeed: true } },
    [
      "guards.before_stop_must_succeed  needs a before_stop_command, which is what must succeed (there is none)",
    ],
  ],
  [
    "reminders that there are not",
    { guards: { stopped: { remind: "weekly" } } },
    ['guards.stopped.remind  must be "once" or "hourly" or "daily" or "doubling" (got "weekly")'],
  ],
])("%s is a fault", async (_sentence, keys, faults) => {
  const found = await faultsOf(keys);

  expect(
    found.slice(0, faults.length).map((fault, n) => fault.slice(0, faults[n]?.length)),
  ).toEqual(faults);
});

it("the guard has all of it", async () => {
  const settings = await load({
    budgets: [{ ...daily, prompt: "a secret prompt", action: "agent" }],
    schedules: [evening],
    trip_on_estimate: true,
    guards: { stopped: {} },
    thresholds: [{ ...threshold, remind: "daily", resolved: true }],
  });

  expect(policyOf(settings, realPaces)).toMatchObject({
    budgets: [{ name: "daily", limitUsd: 20 }],
    tripsOnEstimate: true,
    thresholds: [{ remind: "daily", tellsResolved: true }],
    podGuards: {
      schedules: [{ name: "evening", action: "stop", pods: ["*"] }],
      stopped: { afterMs: 86_400_000 },
    },
  });
});

describe("what is in force", () => {
  const by = { pid: 7, sinceMs: 1_000 };

  it("is written down without prompts", async () => {
    const settings = await load({
      budgets: [{ ...daily, pods: ["a"], prompt: "a prompt of mine", action: "agent" }],
      schedules: [evening],
      trip_on_estimate: true,
      guards: { stopped: {}, idle: { remind: "daily" } },
    });

    const { policy } = inForceOf(settings, policyOf(settings, realPaces), by);

    expect(JSON.stringify(policy)).not.toContain("a prompt of mine");
    expect(policy).toMatchObject({
      budgets: [
        {
          name: "daily",
          limitUsd: 20,
          per: "day",
          pods: ["a"],
          action: "agent",
          freezes: false,
        },
      ],
      tripsOnEstimate: true,
      podGuards: {
        idle: { remind: "daily" },
        schedules: [{ name: "evening", action: "stop", pods: ["*"] }],
        stopped: { action: "notify", losesData: false },
      },
    });
  });

  it.each<[string, object, readonly string[]]>([
    ["a budget", { budgets: [daily] }, ["budgets"]],
    ["a schedule", { schedules: [evening] }, ["schedules"]],
    ["to trip on an estimate", { trip_on_estimate: true }, ["trip_on_estimate"]],
    ["how it polls", { poll: "fixed" }, ["poll"]],
    ["a guard of stopped pods", { guards: { stopped: {} } }, ["guards"]],
    [
      "how often a threshold is told",
      { thresholds: [{ ...threshold, remind: "daily" }] },
      ["thresholds"],
    ],
  ])("%s has changed since the daemon read it", async (_sentence, keys, changed) => {
    const before = await load({});

    const inForce = inForceOf(before, policyOf(before, realPaces), by);

    expect(unreadBy(inForce, await load(keys))?.keys).toEqual(changed);
  });

  it.each<[string, object, readonly string[] | undefined]>([
    ["nothing of it", {}, undefined],
    ["a way to poll", { poll: "adaptive" }, undefined],
    [
      "budgets, schedules and estimates",
      { budgets: [daily], schedules: [evening], trip_on_estimate: true },
      ["budgets", "schedules", "trip_on_estimate"],
    ],
  ])("a daemon of before, asked for %s, has not read it", async (_sentence, keys, changed) => {
    const before = await load({});
    const {
      budgets: _b,
      schedules: _s,
      trip_on_estimate: _t,
      poll: _p,
      ...marks
    } = inForceOf(before, policyOf(before, realPaces), by).marks;

    expect(
      unreadBy(
        { ...by, marks, policy: inForceOf(before, policyOf(before, realPaces), by).policy },
        await load(keys),
      )?.keys,
    ).toEqual(changed);
  });
});
