import type { Pod } from "#guard/model/account.ts";
import type { PodGuards } from "#guard/model/policy.ts";
import { minuteMs } from "#guard/model/time.ts";
import { listedPods, spanWords } from "#guard/text.ts";
import { type Future, liveThrough, type Wanted } from "./live-through.ts";
import {
  carriedOut,
  clustersOf,
  foreignFor,
  paceOf,
  podsOf,
  type TonightRow,
  toldOf,
  type TonightSources,
} from "./sources.ts";
import { type Told, toldWords } from "./told.ts";

/** So many pods are looked at one by one. */
const mostPods = 50;
/** A pod that idles for this long is worth a row, whatever the config says of it. */
const idleForMs = 30 * minuteMs;

/** Something that a pod does, and the guard that is for it. */
interface Doing {
  /** `idles for 30 min`, of one and of several. */
  readonly one: string;
  readonly several: string;
  readonly load: Future["load"];
  /** From its start until the guard acts. */
  readonly actsAfterMs: number;
  readonly only: Pick<PodGuards, "idle" | "lease" | "hardTimeout">;
}

/** What happens to the pods of the account that idle, whose lease ends, that run too long. */
export function podRows(sources: TonightSources): readonly TonightRow[] {
  return doingsOf(sources.policy.podGuards).flatMap((doing) => rowsFor(doing, sources));
}

function doingsOf({ idle, lease, hardTimeout }: PodGuards): readonly Doing[] {
  const idlesMs = idle?.afterMs ?? idleForMs;
  const span = spanWords(idlesMs);
  const doings: Doing[] = [
    {
      one: `idles for ${span}`,
      several: `idle for ${span}`,
      load: "idle",
      actsAfterMs: idlesMs + (idle?.bootGraceMs ?? 0),
      only: { idle },
    },
  ];
  if (lease?.defaultMs !== undefined) {
    const after = spanWords(lease.defaultMs);
    const words = {
      one: `reaches its lease of ${after}`,
      several: `reach their lease of ${after}`,
    };
    doings.push({ ...words, load: "busy", actsAfterMs: lease.defaultMs, only: { lease } });
  }
  if (hardTimeout !== undefined) {
    const { afterMs } = hardTimeout;
    const words = {
      one: `runs for ${spanWords(afterMs)}`,
      several: `run for ${spanWords(afterMs)}`,
    };
    doings.push({ ...words, load: "busy", actsAfterMs: afterMs, only: { hardTimeout } });
  }
  return doings;
}

/** One row, or one for each thing that happens to some pods and not to others. */
function rowsFor(doing: Doing, sources: TonightSources): readonly TonightRow[] {
  const pods = [...podsOf(sources), ...clustersOf(sources)].slice(0, mostPods);
  const groups = new Map<string, { readonly outcome: Outcome; readonly pods: Pod[] }>();
  for (const pod of pods) {
    const outcome = whatHappensTo(pod, doing, sources);
    const key = outcome.words.join();
    const group = groups.get(key) ?? { outcome, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => {
    const named = listedPods(
      group.pods.map(({ id, name, cluster }) => ({
        podId: id,
        name,
        isCluster: cluster !== undefined,
      })),
    );
    const who = groups.size === 1 ? "a pod" : named;
    const does = groups.size > 1 && group.pods.length > 1 ? doing.several : doing.one;
    const { words: outcome, isWarning } = group.outcome;
    return { when: `${who} ${does}`, outcome, isWarning, isMendable: true };
  });
}

interface Outcome {
  readonly words: readonly string[];
  readonly isWarning: boolean;
}

function whatHappensTo(pod: Pod, doing: Doing, sources: TonightSources): Outcome {
  const { podGuards, thresholds: _, ...rest } = sources.policy;
  const lastsMs = doing.actsAfterMs + podGuards.warnMs;
  const { idle, lease, hardTimeout } = doing.only;
  const only = { idle, lease, hardTimeout, foreign: foreignFor(pod, sources) };
  const policy = { ...rest, thresholds: [], podGuards: { ...podGuards, ...only } };
  const { stepMs, paced } = paceOf({ ...sources, policy }, lastsMs);
  const future: Future = {
    pods: [pod],
    load: doing.load,
    agent: "works",
    stepMs,
    // What is due between two polls is done at the next; what is done is told at the one after.
    lastsMs: lastsMs + 4 * stepMs,
    balanceUsd: () => 1_000,
  };
  const done = carriedOut(liveThrough(future, paced), sources);
  const told = firstTold(done, sources);
  const acted = done.find(({ effect }) => effect.kind !== "notify");
  return {
    words: [tellingWords(told, acted, podGuards.warnMs, stepMs), actingWords(acted)],
    isWarning: told.kind === "nobody" || acted === undefined,
  };
}

interface FirstTold {
  readonly told: Told;
  readonly kind: Told["kind"];
  readonly sinceMs: number;
}

/** When the first of it is told: what is told at once goes before what may have to wait. */
function firstTold(done: readonly Wanted[], sources: TonightSources): FirstTold {
  const moments = done
    .filter(({ effect }) => effect.kind === "notify")
    .map(({ sinceMs }) => {
      const atOnce = done.filter((each) => each.sinceMs === sinceMs);
      const told = toldOf(atOnce, sources);
      return { told, kind: told.kind, sinceMs };
    });
  const first = moments.find(({ kind }) => kind === "at-once") ?? moments[0];
  return first ?? { told: { kind: "nobody" }, kind: "nobody", sinceMs: 0 };
}

function tellingWords(
  { told, sinceMs }: FirstTold,
  acted: Wanted | undefined,
  warnMs: number,
  stepMs: number,
): string {
  if (told.kind === "nobody" || acted === undefined) return toldWords(told);
  const aheadMs = acted.sinceMs - sinceMs;
  if (aheadMs < stepMs) return toldWords(told);
  // What comes due between two polls is done at the next.
  const isAsAsked = Math.abs(aheadMs - warnMs) <= stepMs;
  return toldWords(told, ` ${spanWords(isAsAsked ? warnMs : aheadMs)} before`);
}

function actingWords(acted: Wanted | undefined): string {
  switch (acted?.effect.kind) {
    case "call-agent":
    case "call-budget-agent":
    case "call-pod-agent":
      return "the agent is called";
    case "end-pod":
    case "end-run":
      return acted.effect.action === "stop" ? "it is stopped" : "it is terminated";
    case "end-stopped":
      return "it is terminated";
    case "notify":
    case undefined:
      return "nothing is stopped";
  }
}
