import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { Notify, Severity } from "#guard/model/effect.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Button, Message, MessagePod } from "#notify/message.ts";
import { titleOf } from "./title.ts";

/** A notification of a version that did not know severities is told as one that matters. */
const unknownSeverity: Severity = "warning";

/** Several polls: after that, the numbers are no longer what they were. */
const oldMs = 10 * minuteMs;

/** What people are told of a notification, by it and by the account as it was last seen. Pure. */
export function messageFrom(
  notice: Notify,
  look: Seen | undefined,
  nowMs: number,
  buttons: readonly Button[] = [],
): Message {
  const { id, event, name, because, topic, podIds, atMs = nowMs } = notice;
  const pods = podsOf(notice, look);
  const { remedy, next = [] } = notice;
  const seenAtMs = look !== undefined && atMs - look.atMs > oldMs ? look.atMs : undefined;
  const balanceUsd = finite(notice.balanceUsd);
  const burnPerHrUsd = finite(notice.burnPerHrUsd);
  return {
    id,
    event,
    severity: notice.severity ?? unknownSeverity,
    incident: notice.incident ?? topic ?? [event, name, ...(podIds ?? [])].join(":"),
    isResolution: notice.isResolution ?? false,
    title: asTyped(titleOf(notice, pods)),
    text: asTyped(sentence(because)),
    atMs,
    sentAtMs: nowMs,
    ...(seenAtMs !== undefined && { seenAtMs }),
    balanceUsd,
    burnPerHrUsd,
    hoursLeft: seenAtMs === undefined ? hoursLeft(balanceUsd, burnPerHrUsd) : undefined,
    threshold: thresholdOf(notice),
    pods,
    next: next.map((each) => ({ ...each, what: asTyped(each.what) })),
    remedy: remedy && { ...remedy, words: asTyped(remedy.words) },
    ...(buttons.length > 0 && { buttons }),
  };
}

/** The money by the burn; undefined where one is unknown, or nothing burns. */
function hoursLeft(
  balanceUsd: number | undefined,
  burnPerHrUsd: number | undefined,
): number | undefined {
  if (balanceUsd === undefined || burnPerHrUsd === undefined) return undefined;
  return burnPerHrUsd <= 0 ? undefined : finite(Math.max(0, balanceUsd / burnPerHrUsd));
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function thresholdOf({ event, name, threshold, belowUsd }: Notify): Message["threshold"] {
  const shown = threshold ?? (event === "trip" ? name : undefined);
  return shown === undefined ? undefined : { name: shown, belowUsd };
}

/** The pods that it is about; of a crossing all that run, as they are what burns. */
function podsOf({ event, podIds }: Notify, look: Seen | undefined): readonly MessagePod[] {
  const seen = look === undefined || look.pods === "unknown" ? [] : look.pods;
  const byId = new Map(seen.map((pod) => [pod.id, pod]));
  const isCrossing = event === "trip" || event === "drill";
  const running = isCrossing ? seen.filter(isRunning).map((pod) => pod.id) : [];
  const pods = [...new Set(podIds ?? running)].map((id) => asMessagePod(id, byId.get(id)));
  return pods.sort(dearestFirst);
}

function asMessagePod(id: string, pod: Pod | undefined): MessagePod {
  return { id, name: pod?.name ?? "", costPerHrUsd: finite(pod?.costPerHrUsd) };
}

/** One of unknown cost may be the dearest of all. */
function dearestFirst(a: MessagePod, b: MessagePod): number {
  return (b.costPerHrUsd ?? Infinity) === (a.costPerHrUsd ?? Infinity)
    ? 0
    : (b.costPerHrUsd ?? Infinity) - (a.costPerHrUsd ?? Infinity);
}

/** Begins as a sentence does: `Balance $9.82 is below $10.00`. */
function sentence(words: string): string {
  return words.replace(/^[a-z]/, (first) => first.toUpperCase());
}

/** Without what keeps an agent from taking a name for a file or for code: each service escapes its own signs. */
function asTyped(words: string): string {
  return words.replaceAll(String.raw`\u0040`, "@").replaceAll(String.raw`\u0060`, "`");
}
