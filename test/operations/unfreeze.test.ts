import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BudgetSettings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { unfreezeBudget, type UnfreezeOptions } from "#operations/unfreeze.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { readRecord } from "#store/history/history-text.ts";
import { historyFileOf, leaseFileOf } from "#store/paths.ts";
import { localTime } from "#terminal/local-time.ts";
import { at } from "../guard/samples.ts";
import { tempFolder } from "../temp-folder.ts";

const daily: BudgetSettings = {
  name: "daily",
  limitUsd: 20,
  per: "day",
  action: "stop",
  freezes: true,
};
const spent: BudgetPeriod = {
  fromMs: at(0),
  toMs: at(300),
  sinceMs: at(0),
  spentUsd: 21,
  trippedAtMs: at(100),
};

function stateWith(period: Partial<BudgetPeriod> = {}): GuardState {
  return { ...emptyState, budgets: { daily: [{ ...spent, ...period }] } };
}

/** Someone lifts it at minute 110. */
function setUp(
  saved = stateWith(),
  budgets: readonly BudgetSettings[] = [daily],
  troubles: readonly string[] = [],
) {
  const stateFile = join(tempFolder(), "state.json");
  const settings = { stateFile, configPath: "/config.json", budgets };
  const book = createLeaseFile(leaseFileOf(stateFile), identityOf, { nowMs: () => at(110) });
  return {
    unfreeze: (name = "daily", options: UnfreezeOptions = {}) =>
      unfreezeBudget(name, { settings, saved, troubles }, at(110), options),
    unfrozenAtMs: async () => (await book.read()).unfrozenAtMs,
    history: () => {
      const path = historyFileOf(stateFile);
      return fs.existsSync(path) ? fs.readFileSync(path, "utf8") : "";
    },
  };
}

describe("lifting a budget", () => {
  it("holds until its next period, and the history has it", async () => {
    const { unfreeze, unfrozenAtMs, history } = setUp();

    const { untilMs, troubles } = await unfreeze("daily", { by: "on the page" });

    expect([untilMs, troubles]).toEqual([at(300), []]);
    expect(await unfrozenAtMs()).toEqual({ daily: at(110) });
    expect(readRecord(history().trim().split("\n").at(-1) ?? "")).toMatchObject({
      type: "unfreeze",
      because: `budget daily lifted until ${localTime(at(300))} on the page`,
    });
  });

  it("counts where the clock was ahead when it was used up", async () => {
    const { unfreeze, unfrozenAtMs } = setUp(stateWith({ trippedAtMs: at(120) }));

    await unfreeze();

    expect(await unfrozenAtMs()).toEqual({ daily: at(120) });
  });

  it("writes nothing in a dry run", async () => {
    const { unfreeze, unfrozenAtMs, history } = setUp();

    expect((await unfreeze("daily", { isDry: true })).untilMs).toBe(at(300));

    expect([await unfrozenAtMs(), history()]).toEqual([undefined, ""]);
  });

  it.each<[sentence: string, set: Parameters<typeof setUp>, name: string, fault: RegExp]>([
    ["one that is none", [], "weekly", /^There is no budget "weekly"\.$/],
    ["one, where there are none", [stateWith(), []], "daily", /^There is no budget "daily"\.$/],
    [
      "one that is not used up",
      [stateWith({ trippedAtMs: undefined })],
      "daily",
      /is not frozen: it is not used up/,
    ],
    [
      "one that was lifted",
      [stateWith({ unfrozenAtMs: at(105) })],
      "daily",
      /or was lifted already/,
    ],
    ["one of which nothing is counted", [emptyState], "daily", /nothing is counted in it yet/],
    [
      "one that only tells",
      [emptyState, [{ ...daily, action: "notify", freezes: false }]],
      "daily",
      /it only tells of what is spent/,
    ],
    [
      "one of which nothing can be read",
      [emptyState, [daily], ["broken"]],
      "daily",
      /is not known/,
    ],
  ])("is refused for %s", async (_sentence, set, name, fault) => {
    const { unfreeze, unfrozenAtMs } = setUp(...set);

    const refused = await unfreeze(name).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).message).toMatch(fault);
    expect(await unfrozenAtMs()).toBeUndefined();
  });

  it("is refused where it was lifted before, and the daemon has not read it yet", async () => {
    const { unfreeze } = setUp();
    await unfreeze();

    await expect(unfreeze()).rejects.toThrow(/was lifted at .* already\.$/);
  });
});
