import { describe, expect, it } from "vitest";
import type { Notify } from "#guard/model/effect.ts";
import type { Budget, Schedule } from "#guard/model/policy.ts";
import type { Moments } from "#guard/model/spend.ts";
import { emptyState } from "#guard/model/state.ts";
import { nextDueMs } from "#guard/next-look.ts";
import { minuteMs, policy } from "./samples.ts";

const notice: Notify = {
  kind: "notify",
  id: "n@phone",
  channel: "phone",
  event: "idle",
  name: "idle",
  severity: "warning",
  because: "",
  tries: 1,
  notBeforeMs: 10 * minuteMs,
};

it.each([
  ["a notification is to be tried again", notice, 5, 10 * minuteMs],
  ["quiet hours hold it since then: no poll is made for it", notice, 11, Infinity],
  ["it was not tried yet, and quiet hours hold it", { ...notice, tries: 0 }, 5, Infinity],
])("the next poll that comes sooner, when %s", (_sentence, owed, minute, dueMs) => {
  expect(nextDueMs({ ...emptyState, owed: [owed] }, policy, minute * minuteMs)).toBe(dueMs);
});

describe("what the calendar says is to come", () => {
  const schedule: Schedule = { name: "evening", action: "stop", pods: ["*"] };
  const budget: Budget = {
    name: "daily",
    limitUsd: 20,
    per: "day",
    action: "notify",
    freezes: false,
  };
  const moments: Moments = {
    atMs: 0,
    periods: { daily: { fromMs: 0, toMs: 300 * minuteMs } },
    schedules: { evening: { rule: "", nextMs: 100 * minuteMs }, never: { rule: "" } },
  };
  const { podGuards } = policy;
  const stops = { ...policy, podGuards: { ...podGuards, schedules: [schedule] } };
  const tells = {
    ...policy,
    podGuards: { ...podGuards, schedules: [{ ...schedule, action: "notify" as const }] },
  };
  const never = {
    ...policy,
    podGuards: { ...podGuards, schedules: [{ ...schedule, name: "never" }] },
  };

  it.each([
    ["a schedule is to be announced", stops, moments, 5, 85],
    ["a schedule comes", stops, moments, 85, 100],
    ["a schedule that only tells comes", tells, moments, 5, 100],
    ["a schedule comes no more", never, moments, 5, Infinity],
    ["the calendar was not asked yet", { ...stops, budgets: [budget] }, undefined, 5, Infinity],
    ["the period of a budget ends", { ...policy, budgets: [budget] }, moments, 5, 300],
  ])("%s", (_sentence, asked, said, minute, dueMinute) => {
    const state = { ...emptyState, moments: said };

    expect(nextDueMs(state, asked, minute * minuteMs)).toBe(dueMinute * minuteMs);
  });
});
