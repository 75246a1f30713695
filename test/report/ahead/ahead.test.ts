import { expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import { emptyState } from "#guard/model/state.ts";
import { aheadOfNow } from "#report/ahead/ahead.ts";
import { at, book, hourMs, policyWith, seen } from "../../guard/samples.ts";

const period = { fromMs: at(0), toMs: at(24 * 60), sinceMs: at(0), spentUsd: 17 };
const daily = {
  name: "daily",
  limitUsd: 20,
  per: "day",
  action: "notify",
  freezes: false,
} as const;

/** As a command reads it: what is saved has no look of its own. */
function budgetSeenWith(look: Look | undefined) {
  const { budgets } = aheadOfNow({
    nowMs: at(60),
    policy: { ...policyWith(), budgets: [daily] },
    schedules: [],
    saved: { ...emptyState, budgets: { daily: [period] } },
    moments: undefined,
    book: book(),
    look,
  });
  return budgets[0];
}

it("what burns of the account's budget is of the look that was made now", () => {
  const standing = budgetSeenWith(seen({ atMs: at(60), burnPerHrUsd: 1.5 }));

  expect(standing).toMatchObject({ burnPerHrUsd: 1.5, reachedAtMs: at(60) + 2 * hourMs });
});

it("where the account is not seen, it is not known", () => {
  expect(budgetSeenWith(undefined)?.burnPerHrUsd).toBeUndefined();
});
