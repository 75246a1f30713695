import { backstopAtMs } from "#guard/account/backstop.ts";
import { isFired } from "#guard/account/thresholds.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import type { Pod } from "#guard/model/account.ts";
import type { PodGuardAction, Threshold } from "#guard/model/policy.ts";
import { own } from "#guard/own-value.ts";
import { deadlinesOf, isEnding } from "#guard/pods/deadlines.ts";
import { namedIn } from "#guard/pods/named-in.ts";
import { listedPods, rowWords, usd } from "#guard/text.ts";
import { meetsAtMs } from "./meets.ts";
import type { OverviewSources, Reported } from "./sources.ts";

/** Something that a guard will do. */
export interface Coming {
  /** Undefined: at once, or as soon as it can be. */
  readonly atMs: number | undefined;
  readonly guard: string;
  readonly what: string;
  readonly podId: string | undefined;
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
    ...reported.flatMap((each) => ofPod(each, sources)),
  ];
  const sorted = all.toSorted((a, b) => compare(a.atMs ?? -Infinity, b.atMs ?? -Infinity));
  const first = sorted.slice(0, most);
  // Nothing is decided until RunPod is seen again.
  return sources.look.kind === "seen" ? first : first.map(onceSeen);
}

function onceSeen(coming: Coming): Coming {
  return coming.guard === "blind"
    ? coming
    : { ...coming, isFixed: false, what: `${coming.what}, once RunPod is seen again` };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Of what is past: it is done at once. */
function later(atMs: number, nowMs: number): number | undefined {
  return atMs > nowMs ? atMs : undefined;
}

function blindness({ state, policy, nowMs }: OverviewSources): readonly Coming[] {
  const slots = [
    [state.blind, "tell you that no poll works"],
    [state.podsBlind, "tell you that the pods are not seen"],
  ] as const;
  return slots.flatMap(([slot, what]): readonly Coming[] => {
    if (slot === undefined || slot.toldAtMs !== undefined) return [];
    const atMs = later(slot.sinceMs + policy.blindAfterMs, nowMs);
    return [{ atMs, guard: "blind", what, podId: undefined, isFixed: false }];
  });
}

function ofThreshold(threshold: Threshold, sources: OverviewSources): readonly Coming[] {
  const { name, belowUsd, answers, backstop } = threshold;
  const { state, look, nowMs } = sources;
  const atMs = backstopAtMs(threshold, state);
  if (backstop !== undefined && atMs !== undefined) {
    const pods = openPods(sources);
    if (pods.length === 0) return [];
    const which = listedPods(
      pods.map(({ id, name: called }) => ({ podId: id, name: called, isCluster: false })),
    );
    const what = `${backstop.action} ${which}, if the balance is still below ${name} (${usd(belowUsd)})`;
    return [{ atMs: later(atMs, nowMs), guard: "backstop", what, podId: undefined, isFixed: true }];
  }
  const last = look.kind === "seen" ? look : undefined;
  const crossedAtMs = last && meetsAtMs(last, belowUsd, last.atMs);
  if (crossedAtMs === undefined || isFired(state, name)) return [];
  const asNow = { podId: undefined, isFixed: false } as const;
  const crossing: Coming = {
    ...asNow,
    atMs: later(crossedAtMs, nowMs),
    guard: "threshold",
    what: `${answerWords(answers)}: balance below ${name} (${usd(belowUsd)})`,
  };
  if (backstop === undefined) return [crossing];
  const ending: Coming = {
    ...asNow,
    atMs: later(crossedAtMs + backstop.afterMs, nowMs),
    guard: "backstop",
    what: `${backstop.action} the pods that still run, if the balance is still below ${name} (${usd(belowUsd)})`,
  };
  return [crossing, ending];
}

function answerWords(answers: Threshold["answers"]): string {
  if (answers.length === 0) return "do nothing";
  return answers
    .map((answer) => (answer === "notify" ? "tell you" : "call the agent"))
    .join(" and ");
}

/** What a backstop would end. */
function openPods({ state: { lastSeen }, policy }: OverviewSources): readonly Pod[] {
  const { pods = "unknown" } = lastSeen ?? {};
  if (pods === "unknown") return [];
  return pods.filter((pod) => whyNotTouch(pod, policy) === undefined && pod.isLocked !== true);
}

function ofPod({ report, pod }: Reported, sources: OverviewSources): readonly Coming[] {
  const { state, nowMs, policy } = sources;
  const { end, heldBy, id } = report;
  const run = own(state.runs, id);
  if (run === undefined || report.uptimeMs === "none" || heldBy !== undefined) return [];
  const named = pod ?? namedIn(run);
  // What a backstop does to all pods is told once.
  const ending =
    end === "none" || end === "unknown" || end.guard === "backstop"
      ? []
      : [
          {
            atMs: later(end.atMs, nowMs),
            guard: end.guard,
            what: `${end.action} ${rowWords(named)}${run.warnedAtMs[end.guard] === undefined ? "" : ", as announced"}`,
            podId: id,
            isFixed: end.guard !== "idle",
          },
        ];
  return [...ending, ...doings()];

  function doings(): readonly Coming[] {
    const { hardTimeout, lease, idle } = policy.podGuards;
    const isAny = [hardTimeout, lease, idle].some((each) => each !== undefined && !isEnding(each));
    if (!isAny || run === undefined) return [];
    const firstEndMs = end === "none" || end === "unknown" ? Infinity : end.atMs;
    return deadlinesOf(run, named, state, policy, nowMs)
      .filter((each) => !isEnding(each) && each.isKnown && run.actedAtMs[each.guard] === undefined)
      .filter((each) => each.atMs < firstEndMs && (each.guard !== "idle" || !each.isFar))
      .map((each) => ({
        atMs: later(each.atMs, nowMs),
        guard: each.guard,
        what: `${doingWords(each.action)} ${rowWords(named)}: ${each.words}`,
        podId: id,
        isFixed: each.guard !== "idle",
      }));
  }
}

function doingWords(action: PodGuardAction): string {
  return action === "agent" ? "call the agent for" : "tell you of";
}
