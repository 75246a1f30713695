import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { fit, type Measure } from "./fit.ts";
import type { Message, MessagePod } from "./message.ts";

/** How a service writes text. */
export interface Markup {
  readonly escape: (text: string) => string;
  /** What is to be typed as it stands. */
  readonly code: (text: string) => string;
}

export const noMarkup: Markup = { escape: (text) => text, code: (text) => text };

export interface Room {
  readonly most: number;
  readonly measure: Measure;
}

const mostPods = 10;
/** From then on a notification says when it happened: it may be over by now. */
const oldMs = 5 * minuteMs;

/**
 * What a message says below its title, line by line: what happened, the numbers, the pods, what the guard
 * does next and what prevents it. Where that is too long, pods go first and then the end of what happened; the
 * rest stays.
 */
export function plainText(message: Message, room: Room, markup: Markup = noMarkup): string {
  const { most, measure } = room;
  const text = (length: number) =>
    fit(message.text, length, (part) => measure(markup.escape(part)));
  const leastText = Math.floor(most / 3);
  for (let pods = Math.min(mostPods, message.pods.length); ; pods -= 1) {
    const rest = restOf(message, pods, markup);
    const left = most - measure(rest.map((line) => `\n${line}`).join(""));
    const isEnough = left >= leastText || measure(markup.escape(message.text)) <= left;
    if (isEnough || pods === 0) {
      const lines = [markup.escape(text(Math.max(0, left))), ...rest].filter((line) => line !== "");
      return fit(lines.join("\n"), most, measure);
    }
  }
}

/** All but what happened, in the order in which people need it. */
function restOf(message: Message, podCount: number, { escape, code }: Markup): readonly string[] {
  const { next, remedy, sentAtMs } = message;
  const remedyWords =
    remedy === undefined
      ? []
      : [
          remedy.command === undefined
            ? escape(remedy.words)
            : `${escape(remedy.words)}: ${code(remedy.command)}`,
        ];
  return [
    escape(lateWords(message)),
    escape(numbersLine(message)),
    ...podLines(message.pods, podCount).map(escape),
    ...next.map(({ what, atMs }) => escape(`Next: ${what}${whenWords(atMs, sentAtMs)}`)),
    ...remedyWords,
  ].filter((line) => line !== "");
}

/** `Balance $9.19 · burning $6.65/h · about 1 h 23 min left`; empty where nothing is known. */
export function numbersLine({ balanceUsd, burnPerHrUsd, hoursLeft }: Message): string {
  if (balanceUsd === undefined && burnPerHrUsd === undefined) return "";
  return [
    balanceUsd === undefined ? "Balance unknown" : `Balance ${usd(balanceUsd)}`,
    burnPerHrUsd === undefined ? "burn unknown" : `burning ${perHour(burnPerHrUsd)}`,
    ...(hoursLeft === undefined ? [] : [leftWords(hoursLeft * hourMs)]),
  ].join(" · ");
}

function leftWords(ms: number): string {
  if (ms === 0) return "nothing left";
  return `about ${ms < 2 * dayMs ? spanWords(ms) : `${Math.floor(ms / dayMs)} days`} left`;
}

/** `• eval-sweep (e1) $1.49/h`, and `• and 3 more`. */
function podLines(pods: readonly MessagePod[], count: number): readonly string[] {
  const left = pods.length - count;
  const shown = pods.slice(0, count).map((pod) => `• ${podLine(pod)}`);
  if (left === 0) return shown;
  return [...shown, count === 0 ? `• ${left} pods` : `• and ${left} more`];
}

export function podLine({ id, name, costPerHrUsd }: MessagePod): string {
  const cost = costPerHrUsd === undefined ? "cost unknown" : perHour(costPerHrUsd);
  return `${podWords({ id, name })} ${cost}`;
}

/** Where it comes late: `Happened at 2026-11-26 03:12, 2 h 5 min ago`. */
export function lateWords({ atMs, sentAtMs }: Pick<Message, "atMs" | "sentAtMs">): string {
  const lateMs = sentAtMs - atMs;
  return lateMs < oldMs ? "" : `Happened at ${dateAndTime(atMs)}, ${spanWords(lateMs)} ago`;
}

/** ` at 13:47, in 15 min`, by the clock of this machine. */
export function whenWords(atMs: number | undefined, nowMs: number): string {
  if (atMs === undefined || !Number.isFinite(atMs)) return "";
  const isSameDay = dateAndTime(atMs).slice(0, 10) === dateAndTime(nowMs).slice(0, 10);
  const at = isSameDay ? dateAndTime(atMs).slice(11) : dateAndTime(atMs);
  const inMs = atMs - nowMs;
  return ` at ${at}${inMs > 0 ? `, in ${spanWords(inMs)}` : ", now"}`;
}

/** `2026-11-26 03:12`. */
function dateAndTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number) => String(number).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
