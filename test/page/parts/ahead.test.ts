import { describe, expect, it } from "vitest";
import type { BudgetAnswer, ScheduleAnswer } from "#http/contract/status.ts";
import { wishDialog } from "#page/ask/wish.ts";
import type { Wish } from "#page/ask/sent.ts";
import { ahead } from "#page/parts/ahead.ts";
import { budget, schedule, status } from "../samples.ts";
import { sceneAfter, stateWith } from "../seen-page.ts";
import { wordsOf } from "../words-of.ts";

function seen(given: {
  readonly budgets?: readonly BudgetAnswer[];
  readonly schedules?: readonly ScheduleAnswer[];
}): string {
  const { budgets = [], schedules = [] } = given;
  const known = status({ budgets: [...budgets], schedules: [...schedules] });
  const found = ahead(sceneAfter(0, stateWith(known)));
  return found === false ? "" : wordsOf([found]);
}

describe("budgets on the page", () => {
  it.each<[string, Partial<BudgetAnswer>, readonly string[]]>([
    ["spent in part", {}, ["Budget daily $5.00 of $20.00 today", "Not reached at this burn"]],
    [
      "that will be used up",
      { reached_at: "2026-03-09T04:30:00.000Z" },
      ["At this burn reached at 04:30"],
    ],
    [
      "that are frozen",
      {
        spent_usd: 21,
        tripped_at: "2026-03-09T01:00:00.000Z",
        frozen_until: "2026-03-10T00:00:00.000Z",
      },
      ["$21.00 of $20.00 today", "Used up, frozen until Tue 00:00", "Unfreeze"],
    ],
    [
      "that a person has lifted",
      {
        spent_usd: 21,
        tripped_at: "2026-03-09T01:00:00.000Z",
        lifted_at: "2026-03-09T01:30:00.000Z",
      },
      ["Used up, lifted 01:30"],
    ],
    [
      "of which not all is known",
      { is_at_least: true, burn_per_hr_usd: null },
      ["at least $5.00 of $20.00", "When it is reached is unknown"],
    ],
    [
      "of pods, with what was estimated and topped up",
      { pods: ["team-*"], per: "month", estimated_usd: 1.25, topped_up_usd: 10 },
      ["this month", "pods team-*; about $1.25 of it estimated; $10.00 topped up"],
    ],
    ["of which nothing is counted yet", { spent_usd: null, from: null }, ["not counted yet today"]],
  ])("%s", (_sentence, changes, words) => {
    const shown = seen({ budgets: [budget(changes)] });

    for (const each of words) expect(shown).toContain(each);
    expect(shown.includes("Unfreeze")).toBe(words.includes("Unfreeze"));
  });

  it("and schedules are no part of a page without any", () => {
    expect(seen({})).toBe("");
  });
});

describe("schedules on the page", () => {
  it.each<[string, Partial<ScheduleAnswer>, readonly string[], boolean]>([
    ["that come", {}, ["Schedule evening 19:00, in 17 h: stops dev-*", "0 19 * * *"], true],
    ["that a person passes over", { is_next_skipped: true }, ["passed over"], false],
    [
      "of which nobody can read whether they are passed over",
      { is_next_skipped: null },
      ["stops dev-*, unless it is passed over: that cannot be read"],
      false,
    ],
    ["that end pods now", { is_next_skipped: true, ending: ["p1"] }, ["Ending p1 now"], true],
    ["of which nothing is known", { next_at: null }, ["when it comes is unknown"], false],
    ["of another zone", { timezone: "Europe/Berlin" }, ["0 19 * * * Europe/Berlin"], true],
    ["that only tell", { action: "notify" }, ["tells of dev-*"], true],
  ])("%s", (_sentence, changes, words, hasButton) => {
    const shown = seen({ schedules: [schedule(changes)] });

    for (const each of words) expect(shown).toContain(each);
    expect(shown.includes("Skip")).toBe(hasButton);
  });
});

describe("the question of a wish", () => {
  const wish: Wish = { kind: "skip", name: "evening", is: { kind: "asking" } };
  const answered = (is: Wish["is"]): string =>
    wordsOf([wishDialog({ ...wish, is }, sceneAfter(0, stateWith(status())))]);

  it.each<[Wish["is"], readonly string[]]>([
    [{ kind: "asking" }, ["Skip evening?", "nothing is stopped then", "Cancel"]],
    [{ kind: "sending" }, ["Sending…", "Close"]],
    [
      {
        kind: "answered",
        body: {
          name: "evening",
          until: "2026-03-09T19:00:00.000Z",
          words: "Schedule evening is passed over",
          troubles: ["not recorded"],
        },
      },
      ["Done", "Schedule evening is passed over", "not recorded"],
    ],
    [{ kind: "refused", error: "It is already.", hint: null }, ["Nothing was done", "already"]],
    [{ kind: "unanswered", because: "the connection broke" }, ["Not known", "broke"]],
    [{ kind: "logged-out" }, ["You are logged out"]],
  ])("%j is shown in words", (is, words) => {
    for (const each of words) expect(answered(is)).toContain(each);
  });
});
