import { type Look, type Pod, type PodSample, runStateOf } from "#guard/model/account.ts";
import type { HeldPod, Holdings } from "#guard/model/holdings.ts";
import type { IdleGuard, Policy } from "#guard/model/policy.ts";
import { loadOf } from "#guard/pods/rules/load.ts";
import { isProtected } from "#guard/protect.ts";
import { stoppedDiskPerDayUsd } from "./list-prices.ts";
import { type AuditRow, commandOr, hoursInDay, pages, unprotectFirst } from "./row.ts";

export interface PodSources {
  readonly look: Look;
  readonly holdings: Holdings;
  readonly samples: readonly PodSample[];
  readonly idle: IdleGuard;
  readonly policy: Pick<Policy, "protect">;
  /** What to type for this program. */
  readonly command: string;
  readonly nowMs: number;
}

/** What a row is made of, whichever answer it came with. */
type AnyPod = Pick<Pod, "id" | "name" | "status" | "word" | "costPerHrUsd" | "isLocked"> &
  Partial<Pick<Pod, "rawName" | "otherNames" | "hasNetworkVolume">> &
  Partial<Pick<HeldPod, "volumeDiskGb">>;

/** The pods that are not a cluster's, each by all that either answer says of it. */
export function podRows(sources: PodSources): readonly AuditRow[] {
  const samples = new Map(sources.samples.map((each) => [each.podId, each]));
  return podsOf(sources).flatMap((pod) => rowOf(pod, samples.get(pod.id), sources) ?? []);
}

function podsOf({ look, holdings }: PodSources): readonly AnyPod[] {
  const held = holdings.pods.kind === "read" ? holdings.pods.value.rows : [];
  const members = new Set(
    held.flatMap(({ id, clusterId }) => (clusterId === undefined ? [] : [id])),
  );
  const byId = new Map<string, AnyPod>();
  for (const pod of held) if (!members.has(pod.id)) byId.set(pod.id, pod);
  const seen = look.kind === "seen" && look.pods !== "unknown" ? look.pods : [];
  for (const pod of seen) {
    if (pod.cluster !== undefined || members.has(pod.id)) continue;
    byId.set(pod.id, { ...byId.get(pod.id), ...pod });
  }
  return [...byId.values()];
}

function rowOf(
  pod: AnyPod,
  sample: PodSample | undefined,
  sources: PodSources,
): AuditRow | undefined {
  switch (runStateOf(pod)) {
    case "running":
      return runningRow(pod, sample, sources);
    case "unknown":
      return {
        ...shared(pod),
        what: "pod",
        perDayUsd: undefined,
        priceFrom: "account",
        because: `RunPod says ${pod.word ?? "nothing"} of it: whether it bills is unknown`,
        endWith: pages.pods,
      };
    case "ended":
      return pod.status === "gone" ? undefined : stoppedRow(pod, sources);
  }
}

function runningRow(pod: AnyPod, sample: PodSample | undefined, sources: PodSources): AuditRow {
  const { idle, nowMs } = sources;
  const load = loadOf(sample, idle, nowMs);
  const { costPerHrUsd } = pod;
  return {
    ...shared(pod),
    what: "pod",
    perDayUsd: costPerHrUsd === undefined ? undefined : costPerHrUsd * hoursInDay,
    priceFrom: "account",
    load,
    because: `${loadWords(load)}${keptWords(pod, sources)}`,
    ...endOf(pod, sources, "stop"),
  };
}

function loadWords(load: "busy" | "idle" | "unknown"): string {
  switch (load) {
    case "busy":
      return "runs, busy";
    case "idle":
      return "runs, IDLE now";
    case "unknown":
      return "runs, load unknown";
  }
}

/** Nothing that outlives the stop: nothing bills. */
function stoppedRow(pod: AnyPod, sources: PodSources): AuditRow | undefined {
  const { volumeDiskGb: gb } = pod;
  if (gb === 0) return undefined;
  // It has a network volume in the place of a disk, which is a row of its own.
  if (gb === undefined && pod.hasNetworkVolume === true) return undefined;
  return {
    ...shared(pod),
    what: "stopped pod",
    perDayUsd: gb === undefined ? undefined : stoppedDiskPerDayUsd(gb),
    priceFrom: "list",
    because:
      gb === undefined
        ? `stopped; the size of its disk, which would still bill, is unknown${keptWords(pod, sources)}`
        : `stopped, and its ${gb} GB disk still bills, at twice the rate${keptWords(pod, sources)}`,
    ...endOf(pod, sources, "terminate"),
  };
}

function endOf(
  pod: AnyPod,
  sources: PodSources,
  verb: "stop" | "terminate",
): Pick<AuditRow, "endWith" | "isKept" | "loses"> {
  if (isKept(pod, sources)) return unprotectFirst;
  // Where it is unlocked.
  if (pod.isLocked === true) return { endWith: pages.pods };
  const endWith = commandOr(pages.pods, sources.command, verb, pod.id);
  return verb === "stop" ? { endWith } : { endWith, loses: "its disk" };
}

function keptWords(pod: AnyPod, sources: PodSources): string {
  if (isKept(pod, sources)) return " (protected)";
  return pod.isLocked === true ? " (locked)" : "";
}

function isKept(pod: AnyPod, { policy }: PodSources): boolean {
  return isProtected({ ...pod, rawName: pod.rawName ?? pod.name }, policy.protect);
}

function shared({ id, name }: AnyPod): Pick<AuditRow, "id" | "name"> {
  return { id, name };
}
