import { lineWords } from "#guard/account/lines/line.ts";
import { backstopAtMs } from "#guard/account/backstop.ts";
import { isFired } from "#guard/account/lines/thresholds.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import type { Pod } from "#guard/model/account.ts";
import type { PodGuardAction, Threshold } from "#guard/model/policy.ts";
import { own } from "#guard/own-value.ts";
import { deadlinesOf, isEnding } from "#guard/pods/rules/deadlines.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { listedPods, rowWords, spanWords } from "#guard/text.ts";
import { comingAhead } from "./coming-ahead.ts";
import { meetsAtMs } from "./meets.ts";
import type { OverviewSources, Reported } from "./sources.ts";

/** Something that a guard will do. */
export interface Coming {
  /** Undefined: at once, or as soon as it can be. */
  readonly atMs: number | undefined;
  readonly guard: string;
  readonly what: string;
  readonly podId: string | undefined;
  /** The threshold that it is about. */
  readonly threshold: string | undefined;
  /** False: only if all goes on as now. */
  readonly isFixed: boolean;
}

/** So many are told, the first ones. */
const most = 200;

/** What the guards will do, the next first. */
export function comingOf(
  sources: OverviewSources,
  reported: readonly Reported[],
): readonly Coming[] {
  const all = [
    ...blindness(sources),
    ...sources.policy.thresholds.flatMap((threshold) => ofThreshold(threshold, sources)),
    ...comingAhead(sources),
    ...reported.flatMap((each) => ofPod(each, sources)),
  ];
  const told = sources.isDryRun ? all.map(inDryRun) : all;
  const sorted = told.toSorted((a, b) => compare(a.atMs ?? -Infinity, b.atMs ?? -Infinity));
  const first = sorted.slice(0, most);
  const { look } = sources;
  // Nothing is decided until RunPod is seen again, and nothing of a pod until it is listed.
  if (look.kind === "blind") return first.map((each) => waiting(each, "RunPod is seen again"));
  if (look.pods !== "unknown") return first;
  return first.map((each) => (each.podId === undefined ? each : waiting(each, listedAgain)));
}

/** It only says so. */
function inDryRun(coming: Coming): Coming {
  const { what } = coming;
  return what.startsWith(falling)
    ? coming
    : { ...coming, what: `would ${what.replace(/, as announced$/, "")}` };
}

const falling = "the balance falls below";
const listedAgain = "RunPod lists the pods again";

function waiting(coming: Coming, until: string): Coming {
  return coming.guard === "blind"
    ? coming
    : { ...coming, isFixed: false, what: `${coming.what}, once ${until}` };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Of what is past: it is done at once. */
function later(atMs: number, nowMs: number): number | undefined {
  return atMs > nowMs ? atMs : undefined;
}

function blindness({ state, policy, nowMs, isNobodyTold }: OverviewSources): readonly Coming[] {
  const slots = [
    [state.blind, `${telling(isNobodyTold)} that no poll works`],
    [state.podsBlind, `${telling(isNobodyTold)} that the pods are not seen`],
  ] as const;
  return slots.flatMap(([slot, what]): readonly Coming[] => {
    if (slot === undefined || slot.toldAtMs !== undefined) return [];
    const atMs = later(slot.sinceMs + policy.blindAfterMs, nowMs);
    const asNow = { podId: undefined, threshold: undefined, isFixed: false } as const;
    return [{ ...asNow, atMs, guard: "blind", what }];
  });
}

function ofThreshold(threshold: Threshold, sources: OverviewSources): readonly Coming[] {
  const { name, backstop } = threshold;
  const { state, look, nowMs } = sources;
  const its = { podId: undefined, threshold: name } as const;
  const line = `${name} (${lineWords(threshold)})`;
  const atMs = backstopAtMs(threshold, state);
  if (backstop !== undefined && atMs !== undefined) {
    const pods = openPods(sources);
    if (pods?.length === 0) return [];
    const which = pods === undefined ? "the pods that still run" : listedPods(pods.map(named));
    const isLate = pods === undefined && look.kind === "seen";
    const what = `${backstop.action} ${which}, if the balance is still below ${line}${isLate ? `, once ${listedAgain}` : ""}`;
    const isFixed = pods !== undefined;
    return [{ ...its, atMs: later(atMs, nowMs), guard: "backstop", what, isFixed }];
  }
  const last = look.kind === "seen" ? look : undefined;
  const crossedAtMs = last && meetsAtMs(last, threshold, last.atMs);
  if (crossedAtMs === undefined || isFired(state, name)) return [];
  const asNow = { ...its, isFixed: false } as const;
  const crossing: Coming = {
    ...asNow,
    atMs: later(crossedAtMs, nowMs),
    guard: "threshold",
    what: crossingWords(threshold, line, sources),
  };
  if (backstop === undefined) return [crossing];
  const ending: Coming = {
    ...asNow,
    atMs: later(crossedAtMs + backstop.afterMs, nowMs),
    guard: "backstop",
    what: `${backstop.action} the pods that still run, if the balance is still below ${line}`,
  };
  return [crossing, ending];
}

/** What it does by itself; its backstop has a line of its own, where it has one. */
function crossingWords(
  { answers, backstop }: Threshold,
  line: string,
  { isNobodyTold }: OverviewSources,
): string {
  const falls = `${falling} ${line}`;
  const done = answers.map((answer) =>
    answer === "notify" ? telling(isNobodyTold) : "call the agent",
  );
  if (done.length > 0) return `${done.join(" and ")}: ${falls}`;
  return backstop === undefined
    ? `${falls}: nothing is done`
    : `${falls}: its backstop acts ${spanWords(backstop.afterMs)} later`;
}

function telling(isNobodyTold: boolean): string {
  return isNobodyTold ? "tell nobody (no way to is set up)" : "tell you";
}

function named({ id, name }: Pod): Parameters<typeof listedPods>[0][number] {
  return { podId: id, name, isCluster: false };
}

/** What a backstop would end; undefined where nobody knows. */
function openPods({ state: { lastSeen }, policy }: OverviewSources): readonly Pod[] | undefined {
  const { pods = "unknown" } = lastSeen ?? {};
  if (pods === "unknown") return undefined;
  return pods.filter((pod) => whyNotTouch(pod, policy) === undefined && pod.isLocked !== true);
}

function ofPod({ report, pod }: Reported, sources: OverviewSources): readonly Coming[] {
  const { state, nowMs, policy } = sources;
  const { end, heldBy, id } = report;
  const run = own(state.runs, id);
  if (run === undefined || report.uptimeMs === "none" || heldBy !== undefined) return [];
  const row = pod ?? namedIn(run);
  // What a backstop does to all pods is told once.
  const ending =
    end === "none" || end === "unknown" || end.guard === "backstop"
      ? []
      : [
          {
            atMs: later(end.atMs, nowMs),
            guard: end.guard,
            what: `${end.action} ${rowWords(row)}${run.warnedAtMs[end.guard] === undefined ? "" : ", as announced"}`,
            podId: id,
            threshold: undefined,
            isFixed: end.guard !== "idle",
          },
        ];
  return [...ending, ...doings()];

  function doings(): readonly Coming[] {
    const { hardTimeout, lease, idle } = policy.podGuards;
    const isAny = [hardTimeout, lease, idle].some((each) => each !== undefined && !isEnding(each));
    if (!isAny || run === undefined) return [];
    const firstEndMs = end === "none" || end === "unknown" ? Infinity : end.atMs;
    return deadlinesOf(run, row, state, policy, nowMs)
      .filter((each) => !isEnding(each) && each.isKnown && run.actedAtMs[each.guard] === undefined)
      .filter((each) => each.atMs < firstEndMs && (each.guard !== "idle" || !each.isFar))
      .map((each) => ({
        atMs: later(each.atMs, nowMs),
        guard: each.guard,
        what: `${doingWords(each.action, sources)} ${rowWords(row)}: ${each.words}`,
        podId: id,
        threshold: undefined,
        isFixed: each.guard !== "idle",
      }));
  }
}

function doingWords(action: PodGuardAction, { isNobodyTold }: OverviewSources): string {
  return action === "agent" ? "call the agent for" : `${telling(isNobodyTold)} of`;
}
