import { describe, expect, it } from "vitest";
import type { Budget } from "#guard/model/policy.ts";
import type { Period } from "#guard/model/spend.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../../store/saved-state.ts";
import { at, type Lived, mootOf, pod, saidOf, unlived } from "../samples.ts";
import { budget, budgeted, day, glance, spending } from "./budget-samples.ts";

const frozen = (its: Partial<Budget> = {}) =>
  budgeted([budget({ freezes: true, action: "stop", ...its })]);

/** $20.50 of $20 is spent on the first day by minute 620; then the daemon starts again. */
const usedUp = (): Lived => {
  const lived = spending(frozen(), [
    [600, 100],
    [610, 90],
    [620, 79.5],
  ]);
  return { ...lived, state: afterRestart(afterSaving(lived.state)) };
};

/** A dollar burns in ten minutes. */
const balanceAt = (minute: number) => 79.5 - (minute - 620) / 10;

const span = (from: number, to: number): Period => ({ fromMs: at(from), toMs: at(to) });
const spans = ({ state }: Lived) =>
  state.budgets?.["daily"]?.map(({ fromMs, toMs }) => [fromMs, toMs]);
const last = ({ state }: Lived) => state.budgets?.["daily"]?.at(-1);
const saidSince = (before: Lived, after: Lived) =>
  saidOf(after)
    .slice(saidOf(before).length)
    .map(([, words]) => words);

describe("a budget in another time zone", () => {
  const east = (before: Lived, minute: number) =>
    glance(before, minute, frozen(), {
      look: { balanceUsd: balanceAt(minute) },
      period: minute < 1380 ? span(-60, 1380) : span(1380, 2820),
    });

  it("keeps its period until that ends, with all that it has spent, and says so once", () => {
    const before = usedUp();

    const after = [630, 640, 1390].reduce((now, minute) => east(now, minute), before);

    expect(spans(after)).toEqual([[at(0), at(1440)]]);
    expect(last(after)?.spentUsd).toBeGreaterThanOrEqual(22.5);
    expect(last(after)?.trippedAtMs).toBe(at(620));
    expect(saidSince(before, after)).toEqual([
      "daily: the config has changed budget daily: its day begins at another time by now, as its time zone does: the present one goes on for 13 h 30 min, and the next begins then",
    ]);
  });

  it("begins the next where that has ended, and the freeze is over then", () => {
    const before = east(usedUp(), 630);

    const after = [1441, 1442].reduce((now, minute) => east(now, minute), before);

    expect(spans(after)).toEqual([
      [at(0), at(1440)],
      [at(1440), at(2820)],
    ]);
    expect(saidSince(before, after).filter((words) => words.startsWith("daily"))).toEqual([
      "daily: the next day has begun: budget daily is no longer frozen",
    ]);
  });
});

describe("a budget of another length", () => {
  const weekly = frozen({ per: "week" });
  const week = (before: Lived, period: Period) =>
    [630, 640].reduce(
      (now, minute) =>
        glance(now, minute, weekly, { look: { balanceUsd: balanceAt(minute) }, period }),
      before,
    );

  it("that holds all of the one before goes on with what that has spent", () => {
    const before = usedUp();

    const after = week(before, span(-1440, 8640));

    expect(last(after)).toMatchObject({
      ...span(-1440, 8640),
      sinceMs: at(600),
      spentUsd: 22.5,
      trippedAtMs: at(620),
    });
    expect(saidSince(before, after)).toEqual([
      "daily: the config has changed budget daily: it counts by the week from now on, and what it has counted so far is a part of this week",
    ]);
  });

  it("that holds only a part of it begins anew, and says that it is no longer frozen", () => {
    const before = usedUp();

    const after = week(before, span(300, 8640));

    expect(last(after)).toMatchObject({ ...span(300, 8640), sinceMs: at(630), spentUsd: 1 });
    expect(saidSince(before, after)).toEqual([
      "daily: the config has changed budget daily: it counts by the week from now on, and begins anew. It is no longer frozen",
    ]);
  });

  it("still has its agent called that was to be", () => {
    const daily = budgeted([budget({ action: "agent" })]);
    const before = spending(daily, [
      [600, 100],
      [610, 79],
    ]);

    const after = glance(before, 611, budgeted([budget({ action: "agent", per: "week" })]), {
      look: { balanceUsd: 79 },
      period: span(-1440, 8640),
    });

    expect(mootOf(after)).toEqual([]);
    expect(after.state.owed.filter(({ kind }) => kind === "call-budget-agent")).toHaveLength(1);
  });
});

describe("a budget of other pods", () => {
  const rows = [
    pod({ id: "t1", name: "team-a", costPerHrUsd: 60 }),
    pod({ id: "d1", name: "dev-a", costPerHrUsd: 6 }),
  ];
  const of = (...pods: readonly string[]) => frozen({ pods, freezes: false });
  const through = (before: Lived, [from, to]: readonly [number, number], policy = of("dev-*")) => {
    let now = before;
    for (let minute = from; minute <= to; minute += 1) {
      now = glance(now, minute, policy, { look: { pods: rows } });
    }
    return now;
  };

  it("begins anew, takes back the ends that it owed, and says so once", () => {
    const before = through(unlived, [0, 36], of("team-*"));
    expect(before.state.owed.map(({ kind }) => kind)).toContain("end-run");

    const after = through(before, [37, 47]);

    expect(last(after)).toMatchObject({ ...day(0), sinceMs: at(37) });
    expect(last(after)?.spentUsd).toBeCloseTo(1);
    expect(after.state.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
    expect(saidSince(before, after).filter((words) => words.includes("config"))).toEqual([
      "daily: the config has changed budget daily: it no longer counts the same pods as before, and begins anew from now. It is no longer used up",
    ]);
  });

  it("is the same one where only their order is another", () => {
    const before = through(unlived, [0, 10], of("team-*", "x-*"));

    const after = through(before, [11, 11], of("x-*", "team-*"));

    expect(last(after)?.sinceMs).toBe(at(0));
    expect(saidSince(before, after)).toEqual([]);
  });

  it("is taken to be the same one where an older version has not said what it counted", () => {
    const before = through(unlived, [0, 10], of("team-*"));
    const { of: _, ...older } = last(before) ?? {};
    const state = { ...before.state, budgets: { daily: [older as never] } };

    const after = through({ ...before, state }, [11, 11]);

    expect(last(after)).toMatchObject({ sinceMs: at(0), of: { per: "day", pods: ["dev-*"] } });
  });
});
