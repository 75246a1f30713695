import type { Pod } from "#guard/model/account.ts";
import type { Remedy } from "#guard/model/effect.ts";
import type { Policy, Schedule } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { ScheduleMoments } from "#guard/model/spend.ts";
import type { GuardEvent } from "#guard/model/state.ts";
import type { Words } from "#guard/outbox/notify.ts";
import { lateMs, scheduleReason } from "#guard/pods/rules/schedule.ts";
import { isPlainId, listedPods, perHour, spanWords } from "#guard/text.ts";

/** A run that a schedule was to end, and for how long nobody has seen it by now. */
export interface Late {
  readonly run: PodRun;
  /** The moment that it is for. */
  readonly ofMs: number;
  readonly unseenMs: number;
}

/** For the log and the history: who wished for it need not be told. */
export function skippedEvent(schedule: Schedule): GuardEvent {
  const { name } = schedule;
  const because = `schedule ${name} is passed over this time, as a person wished`;
  const reason = scheduleReason(schedule);
  return { kind: "said", event: "schedule", name: "schedule", reason, because, podIds: [] };
}

/** Nobody looked, or could act, within an hour of this moment. */
export function missedWords(
  schedule: Schedule,
  ms: number,
  { nextMs }: ScheduleMoments,
  nowMs: number,
): Words {
  return {
    ...about(schedule, nowMs),
    because: `schedule ${schedule.name} came ${spanWords(nowMs - ms)} ago and could not be dealt with within ${spanWords(lateMs)}, so this time it is passed over${againWords(nextMs, nowMs)}`,
  };
}

/** These it was to stop, and nobody has seen them for a while since. */
export function lateWords(
  schedule: Schedule,
  late: readonly Late[],
  nextMs: number | undefined,
  policy: Policy,
  nowMs: number,
): Words {
  const pods = late.map(({ run: { podId: id, name } }) => ({ id, name }));
  const [run, them] = pods.length === 1 ? ["runs", "it"] : ["run", "them"];
  const agoMs = nowMs - Math.min(...late.map(({ ofMs }) => ofMs));
  const unseenMs = Math.max(...late.map((each) => each.unseenMs));
  return {
    ...about(schedule, nowMs),
    podIds: pods.map(({ id }) => id),
    because: `${listed(pods)} ${run} on: schedule ${schedule.name} was to stop ${them} ${spanWords(agoMs)} ago, and nobody saw the pods for ${spanWords(unseenMs)} since, so this time it is passed over${againWords(nextMs, nowMs)}`,
    remedy: howToStop(pods, policy),
  };
}

function againWords(nextMs: number | undefined, nowMs: number): string {
  return nextMs !== undefined && nextMs > nowMs
    ? `. It comes again in ${spanWords(nextMs - nowMs)}`
    : "";
}

/** What a schedule that only tells has to tell. */
export function stillRunWords(
  schedule: Schedule,
  pods: readonly Pod[],
  policy: Policy,
  nowMs: number,
): Words {
  return {
    ...about(schedule, nowMs),
    podIds: pods.map(({ id }) => id),
    because: `${listed(pods)} still ${pods.length === 1 ? "runs" : "run"} at the time of schedule ${schedule.name}, ${burnWords(pods)}`,
    remedy: howToStop(pods, policy),
  };
}

/** Nobody can tell whether these ran before the moment. */
export function leftWords(
  schedule: Schedule,
  pods: readonly Pod[],
  ms: number,
  policy: Policy,
  nowMs: number,
): Words {
  const [are, them] = pods.length === 1 ? ["is", "it"] : ["are", "them"];
  return {
    ...about(schedule, nowMs),
    podIds: pods.map(({ id }) => id),
    because: `${listed(pods)} ${are} left by schedule ${schedule.name}: it is not known whether someone started ${them} after its time, ${spanWords(nowMs - ms)} ago`,
    remedy: howToStop(pods, policy),
  };
}

function about(schedule: Schedule, atMs: number) {
  return { event: "schedule", name: "schedule", reason: scheduleReason(schedule), atMs } as const;
}

type Named = Pick<Pod, "id" | "name">;

function listed(pods: readonly Named[]): string {
  return listedPods(pods.map(({ id, name }) => ({ podId: id, name })));
}

function howToStop(pods: readonly Named[], { podGuards: { command } }: Policy): Remedy {
  const isOne = pods.length === 1;
  const word = isOne ? pods.map(({ id }) => id).find(isPlainId) : undefined;
  return {
    words: isOne ? "To stop it" : "To stop one",
    command: `${command} stop ${word ?? "POD"}`,
  };
}

function burnWords(pods: readonly Pod[]): string {
  const costs = pods.flatMap(({ costPerHrUsd }) => costPerHrUsd ?? []);
  if (costs.length < pods.length) return "burn unknown";
  return `burning ${perHour(costs.reduce((sum, cost) => sum + cost, 0))}`;
}
