import { answersOf } from "#guard/account/lines/told-crossing.ts";
import { isFired } from "#guard/account/lines/thresholds.ts";
import { callOf } from "#guard/budgets/check-budgets.ts";
import { budgetIncident } from "#guard/budgets/marks.ts";
import { isHeld } from "#guard/budgets/standing.ts";
import { presentIn } from "#guard/budgets/periods.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { HistoryRecord, PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { waysIn } from "#guard/outbox/ways.ts";
import { own } from "#guard/own-value.ts";

export interface HandOver {
  /** As it was here before. */
  readonly mine: GuardState;
  readonly theirs: GuardState;
  /** By which people were told there. */
  readonly channels: readonly string[];
  readonly atMs: number;
  readonly because: string;
}

/**
 * What a guard that can start no program could not do of what it came to: its agents are called now, and those that
 * are told by this machine alone hear of it.
 */
export function withLeftToDo(joint: GuardState, policy: Policy, over: HandOver): Decision {
  const { state, events } = leftToDo(joint, policy, over);
  const known = new Set(joint.owed.map(({ id }) => id));
  const told = { toldBy: over.channels, knownWays: waysIn(policy) };
  const owed = state.owed.map((each) =>
    each.kind === "notify" && !known.has(each.id) ? { ...each, ...told } : each,
  );
  return { state: { ...state, owed }, events };
}

function leftToDo(joint: GuardState, policy: Policy, over: HandOver): Decision {
  const { mine, atMs, because, channels } = over;
  const others = {
    ...policy,
    channels: policy.channels.filter((each) => !channels.includes(each.name)),
  };
  const crossed = policy.thresholds.filter(
    ({ name }) => isFired(joint, name) && trippedAtMs(joint, name) > trippedAtMs(mine, name),
  );
  const answers = crossed.map((threshold) => {
    const record = lastRecord(over, "trip", threshold.name);
    if (record?.balanceUsd === undefined) return { unknown: threshold.name, owed: [] };
    const look = { atMs, balanceUsd: record.balanceUsd, burnPerHrUsd: undefined };
    return { owed: answersOf(joint, others, threshold, look, record.because) };
  });
  // Of a crossing that nothing is known of, the next look judges anew.
  const unknown = answers.map((each) => each.unknown);
  const fired = Object.entries(joint.fired).filter(([name]) => !unknown.includes(name));
  const spent = (policy.budgets ?? []).flatMap((budget) => {
    const period = presentIn(joint, budget.name, atMs);
    const isNew = isHeld(period) && !isHeld(presentIn(mine, budget.name, atMs));
    return isNew ? [{ budget, period }] : [];
  });
  return chain(
    {
      ...joint,
      fired: Object.fromEntries(fired),
      owed: [...joint.owed, ...answers.flatMap(({ owed }) => owed)],
      runs: withAgentsToCall(joint, policy, mine),
    },
    ...spent.map(({ budget, period }) => (before: GuardState): Decision => {
      const { name, action } = budget;
      const words = lastRecord(over, "budget", name)?.because ?? `budget ${name} is used up`;
      const told = notify(before, others, {
        event: "budget",
        name,
        topic: budgetIncident(name),
        atMs,
        because: words,
      });
      if (action !== "agent") return told;
      const owed = [...told.state.owed, callOf(budget, period, words, atMs)];
      return { ...told, state: { ...told.state, owed } };
    }),
    (before) => notify(before, others, { event: "heard", name: "heard", atMs, because }),
  );
}

/** When it was crossed that time: crossed once more there after that, nobody here has answered it. */
function trippedAtMs(state: GuardState, name: string): number {
  return own(state.trippedAtMs, name) ?? 0;
}

function lastRecord(
  { mine, theirs }: HandOver,
  type: HistoryRecord["type"],
  reason: string,
): HistoryRecord | undefined {
  const had = new Set(mine.unrecorded.map(({ id }) => id));
  return theirs.unrecorded.findLast(
    (each) => each.type === type && each.reason === reason && !had.has(each.id),
  );
}

/** Where a guard calls an agent, people were told there instead: that it acted holds only of what was done here. */
function withAgentsToCall(
  { runs }: GuardState,
  { podGuards: { hardTimeout, lease, idle } }: Policy,
  mine: GuardState,
): GuardState["runs"] {
  const calling = Object.entries({ hard_timeout: hardTimeout, lease, idle })
    .filter(([, guard]) => guard?.action === "agent")
    .map(([name]) => name);
  if (calling.length === 0) return runs;
  const actedHere = (run: PodRun): PodRun["actedAtMs"] =>
    own(mine.runs, run.podId)?.actedAtMs ?? {};
  return Object.fromEntries(
    Object.entries(runs).map(([podId, run]) => {
      const kept = Object.entries(run.actedAtMs).filter(
        ([name]) => !calling.includes(name) || name in actedHere(run),
      );
      return [podId, { ...run, actedAtMs: Object.fromEntries(kept) }];
    }),
  );
}
