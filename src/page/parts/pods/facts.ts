import type { PodAnswer } from "#http/contract/status.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { perHour, usd } from "#page/words/money.ts";
import { hourMs, minuteMs, minutesSpan, secondMs, until } from "#page/words/spans.ts";

/** What is said of a pod; a note stands under what is said first. */
export interface Fact {
  readonly words: string;
  readonly note?: string | undefined;
  /** `none`: there is no such thing. `unknown`: nobody knows it. `soon`: it wants to be seen. */
  readonly is?: "none" | "unknown" | "soon" | undefined;
}

const unknown: Fact = { words: "unknown", is: "unknown" };
const none: Fact = { words: "–", is: "none" };
/** What ends within this wants to be seen. */
const soonMs = 15 * minuteMs;

/** How long ago the answer was made; what counts on has gone on by that. */
function sinceMs({ status, shownMs }: Scene): number {
  return Math.max(0, shownMs - Date.parse(status.at));
}

/** It counts on only where it is known to go on. */
function countedMs(minutes: number, pod: PodAnswer, scene: Scene): number {
  return minutes * minuteMs + (pod.is_running === true ? sinceMs(scene) : 0);
}

function absent({ is_running: isRunning }: PodAnswer): Fact {
  return isRunning === false ? none : unknown;
}

export function uptimeOf(pod: PodAnswer, scene: Scene): Fact {
  if (pod.uptime_minutes === null) return absent(pod);
  const words = minutesSpan(countedMs(pod.uptime_minutes, pod, scene));
  return pod.uptime_is_at_least ? { words, note: "at least" } : { words };
}

export function idleOf(pod: PodAnswer, scene: Scene): Fact {
  if (pod.idle_minutes !== null) {
    const ms = countedMs(pod.idle_minutes, pod, scene);
    return ms < 2 * minuteMs ? { words: "active" } : { words: minutesSpan(ms) };
  }
  return !pod.is_idle_watched && pod.is_running !== false
    ? { words: "not watched", is: "none" }
    : absent(pod);
}

export function rateOf({ cost_per_hr_usd: rate, is_running: isRunning }: PodAnswer): Fact {
  if (rate !== null) return { words: perHour(rate) };
  return isRunning === false ? none : unknown;
}

export function costOf(pod: PodAnswer, scene: Scene): Fact {
  const { cost_now_usd: cost, cost_per_hr_usd: rate, est_total_usd: total } = pod;
  if (cost === null) return absent(pod);
  const more = pod.is_running === true && rate !== null ? (rate * sinceMs(scene)) / hourMs : 0;
  const notes = [
    ...(pod.uptime_is_at_least ? ["at least"] : []),
    ...(total !== null && total > cost ? [`${usd(total)} by its end`] : []),
  ];
  return {
    words: usd(cost + more),
    note: notes.length === 0 ? undefined : notes.join(", "),
  };
}

/** How long it has left, and what will happen then. */
export function leftOf(pod: PodAnswer, scene: Scene): Fact {
  const { ends_at: endsAt, ends_by: endsBy, end_words: endWords } = pod;
  if (endsAt === null) {
    if (pod.is_running === false) return none;
    if (endsBy !== "none") return unknown;
    // What follows is why.
    const why = endWords?.replace(/^(?:nothing|no guard) ends it(?:: )?/, "") ?? "";
    return { words: "nothing ends it", is: "none", note: why === "" ? undefined : why };
  }
  const leftMs = Date.parse(endsAt) - scene.shownMs;
  const then = `${clockOf(scene, endsAt)}: ${endWords ?? endsBy ?? "it ends"}`;
  return {
    words: leftMs < secondMs ? "due now" : until(leftMs),
    note: then,
    is: leftMs < soonMs ? "soon" : undefined,
  };
}
