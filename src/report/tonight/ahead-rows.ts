import type { Pod } from "#guard/model/account.ts";
import type { Budget, Schedule, StoppedGuard } from "#guard/model/policy.ts";
import type { SaidName } from "#guard/model/effect.ts";
import { emptyState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { notify } from "#guard/outbox/notify.ts";
import { isAmong } from "#guard/protect.ts";
import { plainNumber, usd } from "#guard/text.ts";
import {
  clustersOf,
  foreignFor,
  podsOf,
  type TonightRow,
  toldOf,
  type TonightSources,
} from "./sources.ts";
import { type Told, toldWords } from "./told.ts";

/** What happens when a budget is spent, when a schedule comes, and to a pod that stays stopped. */
export function aheadRows(sources: TonightSources): readonly TonightRow[] {
  const { budgets = [], podGuards } = sources.policy;
  const { schedules = [], stopped } = podGuards;
  return [
    ...budgets.map((budget) => budgetRow(budget, sources)),
    ...schedules.map((schedule) => scheduleRow(schedule, sources)),
    ...(stopped === undefined ? [] : [stoppedRow(stopped, sources)]),
  ];
}

function budgetRow(budget: Budget, sources: TonightSources): TonightRow {
  const { name, limitUsd, per, pods, action, freezes } = budget;
  const told = toldOfEvent("budget", name, sources);
  const isCalled = action === "agent" && sources.hasAgent && !sources.dryRun;
  const acts = [
    ...(isCalled ? ["the agent is called"] : []),
    ...(action === "stop" ? stopWords(pods ?? ["*"], sources) : []),
    ...(freezes
      ? [`pods that start then are ${action === "stop" ? "stopped too" : "told of"}`]
      : []),
  ];
  return row({
    when: `budget ${name} of ${usd(limitUsd)} a ${per} is spent`,
    told,
    acts: acts.length === 0 ? ["nothing is stopped"] : acts,
    isIdle: action === "agent" && !isCalled,
  });
}

function scheduleRow({ name, action, pods }: Schedule, sources: TonightSources): TonightRow {
  const isOurs = (pod: Pod) => foreignFor(pod, sources) === undefined;
  const acts = action === "stop" ? stopWords(pods, sources, isOurs) : ["nothing is stopped"];
  const told = toldOfEvent(action === "stop" ? "warn" : "schedule", name, sources);
  return row({ when: `schedule ${name} comes`, told, acts, isIdle: false });
}

function stoppedRow(
  { afterMs, action, losesData }: StoppedGuard,
  sources: TonightSources,
): TonightRow {
  const told = toldOfEvent(action === "terminate" ? "warn" : "stopped", "stopped", sources);
  const which = losesData
    ? "it is deleted with its data"
    : "it is deleted if it has a network volume";
  const whichOfOurs = losesData
    ? `${which} if it was started here`
    : `${which} and was started here`;
  const isForAll = sources.policy.podGuards.foreign === undefined;
  const acts =
    action === "terminate" && !sources.dryRun
      ? [isForAll ? which : whichOfOurs]
      : ["nothing is deleted"];
  return row({
    when: `a pod stays stopped for ${plainNumber(afterMs / hourMs)} h`,
    told,
    acts,
    isIdle: false,
  });
}

interface Outcome {
  readonly when: string;
  readonly told: Told;
  readonly acts: readonly string[];
  /** Nothing acts where something should. */
  readonly isIdle: boolean;
}

function row({ when, told, acts, isIdle }: Outcome): TonightRow {
  return {
    when,
    outcome: [toldWords(told), ...acts],
    isWarning: told.kind === "nobody" || isIdle,
    isMendable: true,
  };
}

/** Of the pods that run now, or of one that is started tonight. */
function stopWords(
  globs: readonly string[],
  sources: TonightSources,
  isMeant: (pod: Pod) => boolean = () => true,
): readonly string[] {
  if (sources.dryRun) return ["nothing is stopped"];
  const all = podsOf(sources);
  const meant = all.filter((pod) => isAmong(pod, globs) && isMeant(pod)).length;
  const left = clustersOf(sources).length;
  const which = meant === all.length ? "pods that run" : `${meant} of ${all.length} pods`;
  const verb = meant === 1 && meant < all.length ? "is" : "are";
  return [
    meant === 0 ? "none of the pods that run now is stopped" : `${which} ${verb} stopped`,
    ...(left === 0
      ? []
      : [left === 1 ? "1 cluster is left running" : `${left} clusters are left running`]),
  ];
}

/** Who hears of it is asked of what would be said. */
function toldOfEvent(event: SaidName, name: string, sources: TonightSources): Told {
  const { policy, nowMs, dryRun } = sources;
  const said = notify(emptyState, policy, { event, name, because: "", atMs: nowMs });
  const wanted = dryRun ? [] : said.state.owed.map((effect) => ({ sinceMs: 0, effect }));
  return toldOf(wanted, sources);
}
