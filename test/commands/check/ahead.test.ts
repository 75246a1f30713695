import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aheadJson, aheadLines, stoppedWords } from "#commands/check/ahead.ts";
import { aheadWarnings } from "#commands/check/preflight-ahead.ts";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const daily = { name: "daily", usd: 20, per: "day" };
const evening = { name: "evening", cron: "0 19 * * 1-5", pods: ["*"] };
const told = { extra_notify_command: ["true"] };
const stop = { action: "stop" } as const;
const ofStops = { ...told, schedules: [evening] };

function settingsOf(keys: object) {
  const config = join(tempFolder(), "config.json");
  const text = { thresholds: [{ name: "low", below_usd: 1, prompt: "look" }], ...keys };
  writeFileSync(config, JSON.stringify(text), { mode: 0o600 });
  return loadConfig(config, { RUNPOD_API_KEY: "a-key-for-tests" }, realPaces);
}

describe("warnings", () => {
  it.each<[string, object, readonly string[]]>([
    ["nothing is asked for", {}, []],
    [
      "all of it works",
      {
        ...ofStops,
        protect: ["db"],
        budgets: [{ ...daily, ...stop, pods: ["team-*"] }],
        guards: {
          stopped: { action: "terminate" },
          hard_timeout: { action: "stop" },
          before_stop_command: ["true"],
          before_stop_must_succeed: true,
        },
      },
      [],
    ],
    [
      "nobody is told",
      {
        budgets: [daily, { ...daily, name: "b", ...stop }],
        schedules: [evening, { ...evening, name: "n", action: "notify" }],
        guards: { stopped: {} },
      },
      [
        'budgets[0]: action is "notify" but notify and extra_notify_command are empty, so nobody is notified',
        'budgets[1]: action is "stop" but notify and extra_notify_command are empty, so nobody is warned',
        'schedules[0]: action is "stop" but notify and extra_notify_command are empty, so nobody is warned',
        'schedules[1]: action is "notify" but notify and extra_notify_command are empty, so nobody is notified',
        'guards.stopped: action is "notify" but notify and extra_notify_command are empty, so nobody is notified',
      ],
    ],
    [
      "pods end without a warning",
      { ...ofStops, guards: { warn_minutes: 0, stopped: { action: "terminate" } } },
      [
        'schedules[0]: action is "stop" and guards.warn_minutes is 0, so pods stop without warning',
        'guards.stopped: action is "terminate" and guards.warn_minutes is 0, so pods are deleted without warning',
      ],
    ],
    [
      "all that would be stopped is protected",
      {
        ...told,
        protect: ["team-*", "ab?"],
        schedules: [{ ...evening, pods: ["team-a-*", "ab?", "ab*", "te*"] }],
        budgets: [
          { ...daily, ...stop, pods: ["team-*"] },
          { ...daily, name: "b", pods: ["team-*"] },
        ],
      },
      [
        'budgets[0].pods: "team-*" is protected as a whole, so none of these pods is ended',
        'schedules[0].pods: "team-a-*" is protected as a whole, so none of these pods is ended',
        'schedules[0].pods: "ab?" is protected as a whole, so none of these pods is ended',
      ],
    ],
    [
      "there is no agent to call",
      {
        ...told,
        claude_command: [],
        budgets: [{ ...daily, action: "agent", prompt: "{name} {reason} {blance}" }],
      },
      [
        'budgets[0]: action is "agent" but claude_command is empty, so no agent is called',
        "budgets[0].prompt: {blance} is not a placeholder and stays as written",
      ],
    ],
    [
      "a prompt is for nobody",
      { ...told, budgets: [{ ...daily, prompt: "look" }] },
      ['budgets[0].prompt: has no effect, as action is "notify"'],
    ],
    [
      "data may be lost by what deletes nothing",
      { ...told, guards: { stopped: { data_loss: true } } },
      ['guards.stopped.data_loss: has no effect, as action is "notify"'],
    ],
    [
      "a save that must work may never work",
      { ...ofStops, guards: { before_stop_command: ["true"], before_stop_must_succeed: true } },
      [
        'guards.before_stop_must_succeed: without a guards.hard_timeout that ends pods, a pod whose save never works is never stopped; give it "action": "stop"',
      ],
    ],
    [
      "a save that must work may never work, as the hard timeout only notifies",
      {
        ...ofStops,
        guards: { hard_timeout: {}, before_stop_command: ["true"], before_stop_must_succeed: true },
      },
      [
        'guards.before_stop_must_succeed: without a guards.hard_timeout that ends pods, a pod whose save never works is never stopped; give it "action": "stop"',
      ],
    ],
    [
      "a save must work before nothing",
      { guards: { before_stop_command: ["true"], before_stop_must_succeed: true } },
      ["guards.before_stop_must_succeed: has no effect, as no guard, budget or schedule ends pods"],
    ],
  ])("%s", async (_sentence, keys, warnings) => {
    expect(aheadWarnings(await settingsOf(keys))).toEqual(warnings);
  });
});

describe("what is shown", () => {
  const all = {
    budgets: [
      daily,
      {
        ...daily,
        name: "team",
        usd: 7.5,
        per: "week",
        pods: ["team-*", "x"],
        timezone: "UTC",
        action: "stop",
        freeze: true,
      },
    ],
    schedules: [
      evening,
      { ...evening, name: "b", timezone: "UTC", action: "notify", except: ["2026-12-24"] },
    ],
    poll: "fixed",
    trip_on_estimate: true,
  };

  it("is nothing where nothing is asked for", async () => {
    expect(aheadLines(await settingsOf({}))).toEqual([]);
  });

  it("is a line each", async () => {
    expect(aheadLines(await settingsOf(all))).toEqual([
      "budgets:",
      "  daily  notify  $20.00 a day, of the account",
      "  team   stop    $7.50 a week, of pods team-*, x, then starts are frozen (UTC)",
      "schedules:",
      "  evening  stop    0 19 * * 1-5, pods *",
      "  b        notify  0 19 * * 1-5, pods *, not on 2026-12-24 (UTC)",
      "polling: fixed, no sooner where a line comes near",
      "while blind: thresholds are held against an estimate",
    ]);
  });

  it("is all of it as JSON", async () => {
    const once = { remind: "once", resolved: false };
    expect(aheadJson(await settingsOf(all))).toEqual({
      poll: "fixed",
      trip_on_estimate: true,
      budgets: [
        { ...daily, pods: null, timezone: null, action: "notify", freeze: false, ...once },
        {
          name: "team",
          usd: 7.5,
          per: "week",
          pods: ["team-*", "x"],
          timezone: "UTC",
          action: "stop",
          freeze: true,
          ...once,
        },
      ],
      schedules: [
        { ...evening, timezone: null, pods: ["*"], action: "stop", except: [] },
        {
          ...evening,
          name: "b",
          timezone: "UTC",
          pods: ["*"],
          action: "notify",
          except: ["2026-12-24"],
        },
      ],
    });
    expect(aheadJson(await settingsOf({}))).toEqual({
      poll: "adaptive",
      trip_on_estimate: false,
      budgets: [],
      schedules: [],
    });
  });

  it.each([
    [{}, "after 24 h"],
    [{ action: "terminate", after_hours: 2 }, "after 2 h, if it has a network volume"],
    [{ action: "terminate", data_loss: true }, "after 24 h, with its data"],
  ])("of stopped pods %j is: %s", async (stopped, words) => {
    const { guards } = await settingsOf({ guards: { stopped } });

    expect(guards.stopped && stoppedWords(guards.stopped)).toBe(words);
  });
});
