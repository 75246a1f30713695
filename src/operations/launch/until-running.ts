import { type Pod, runStateOf, statusWordOf } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";
import { perHour, rowTitle } from "#guard/text.ts";
import { stopPods } from "#operations/stop.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import type { Price } from "#report/launch/price.ts";
import { foundIn } from "./find-pod.ts";
import { halfCentUsd, mostFor } from "./most-price.ts";
import { noteLaunch } from "./reserve.ts";
import type { StartDeps, Started } from "./started.ts";

/** What the create has come to. `wasLost`: why it was not known at first that the pod is there. */
interface Created {
  readonly wasLost?: string;
  /** As RunPod has answered. */
  readonly costPerHrUsd?: number | undefined;
}

/** Looks until the pod runs, is over, or costs more than was agreed to; or until nobody waits any longer. */
export async function untilRunning(
  asked: Launch,
  before: readonly string[],
  created: Created,
  { agreed }: { readonly agreed: Pick<Price, "perHrUsd"> },
  { account, settings }: SeenSnapshot,
  deps: StartDeps,
): Promise<Started> {
  let launch = asked;
  const { wasLost } = created;
  const told = new Set(before);
  const { clock, paces, signal, onStep, waitMs } = deps;
  const mostPerHrUsd = mostFor(agreed.perHrUsd, settings.launch, halfCentUsd);
  const untilMs = clock.nowMs() + waitMs;
  let last: Pod | undefined;
  let because = "no poll has shown it";
  for (;;) {
    const [look, measured] = await Promise.all([account.look(signal), account.measure(signal)]);
    if (signal.aborted) return { kind: "interrupted", launch, troubles: [...told] };
    const found = foundIn(look, launch);
    if (found.kind === "found") {
      const { pod, others } = found;
      if (pod.id !== launch.podId) {
        launch = { ...asked, podId: pod.id };
        for (const each of await noteLaunch(launch, { settings })) told.add(each);
      }
      for (const each of others) told.add(moreWords(each));
      last = pod;
      const answered = pod.id === asked.podId ? created.costPerHrUsd : undefined;
      const costPerHrUsd = pod.costPerHrUsd ?? answered;
      if (costPerHrUsd !== undefined && costPerHrUsd > mostPerHrUsd) {
        return tooDear(launch, pod, costPerHrUsd, [...told], deps);
      }
      const state = runStateOf(pod);
      const sample =
        measured.kind === "measured"
          ? measured.samples.find(({ podId }) => podId === pod.id)
          : undefined;
      // Its word is "running" while its image is still pulled: its own uptime tells.
      if (pod.status === "running" && sample?.bootedAtMs !== undefined) {
        if (costPerHrUsd === undefined) told.add(noCostWords);
        return { kind: "running", launch, troubles: [...told], pod, wasLost };
      }
      because = `it is ${statusWordOf(pod)}${pod.status === "running" ? ", and has not booted" : ""}`;
      if (state === "ended")
        return { kind: "not-running", launch, troubles: [...told], pod, because };
    } else if (found.kind === "unknown") because = `it could not be looked at: ${found.because}`;
    else if (last !== undefined) {
      because = "it is gone again";
      return { kind: "not-running", launch, troubles: [...told], pod: undefined, because };
    }
    if (clock.nowMs() >= untilMs)
      return { kind: "not-running", launch, troubles: [...told], pod: last, because };
    onStep(`waiting until it runs: ${because}`);
    const nextMs = Math.min(untilMs, clock.nowMs() + paces.launch.lookEveryMs);
    await clock.sleepUntil(nextMs, signal);
    if (signal.aborted) return { kind: "interrupted", launch, troubles: [...told] };
  }
}

const noCostWords =
  "RunPod does not say what it costs: it could not be held against what was agreed to";

/** For whoever asked for one. */
function moreWords(pod: Pod): string {
  return `${rowTitle(pod)} was made as well, and has the same lease`;
}

/** It was made a moment ago, and nothing is on it: it is deleted rather than paid for. */
async function tooDear(
  launch: Launch,
  pod: Pod,
  costPerHrUsd: number,
  before: readonly string[],
  { see, clock, paces, signal, onStep }: StartDeps,
): Promise<Started> {
  if ((pod.rawName ?? pod.name) !== launch.name) {
    const because = "it is not named as what was asked for, and is left alone";
    const end = { kind: "unproven", because } as const;
    return { kind: "too-dear", launch, troubles: before, pod, costPerHrUsd, end };
  }
  onStep(`it costs ${perHour(costPerHrUsd)}, more than was agreed to: deleting it`);
  const snapshot = await see();
  const [stopped] = await stopPods("terminate", [pod], snapshot, {
    clock,
    paces,
    signal,
    by: "as RunPod charges more than was agreed to",
    onProgress: (_pod, words) => words !== undefined && onStep(words),
  });
  const end = stopped?.end ?? { kind: "interrupted", wasAsked: false };
  const troubles = [...before, ...(stopped?.troubles ?? [])];
  return { kind: "too-dear", launch, troubles, pod, costPerHrUsd, end };
}
