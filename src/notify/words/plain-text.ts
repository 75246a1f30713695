import { cleanName } from "#control-characters.ts";
import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { fit, type Measure } from "./fit.ts";
import type { Message, MessagePod } from "#notify/message.ts";

/** How a service writes text. */
export interface Markup {
  readonly escape: (text: string) => string;
  /** What is to be typed as it stands. */
  readonly code: (text: string) => string;
}

const noMarkup: Markup = { escape: (text) => text, code: (text) => text };

export interface Room {
  readonly most: number;
  readonly measure: Measure;
}

const mostPods = 10;
const mostNext = 3;
/** From then on a notification says when it happened: it may be over by now. */
const oldMs = 5 * minuteMs;

/**
 * What a message says below its title, line by line: what happened, the numbers, the pods, what the guard
 * does next and what prevents it. Where that is too long, pods go first, then what comes later, then the end of
 * what happened; the rest stays.
 */
export function plainText(message: Message, room: Room, markup: Markup = noMarkup): string {
  const { most, measure } = room;
  const escaped: Measure = (text) => measure(markup.escape(text));
  const isAll = escaped(message.text) <= most / 3;
  const leastText = isAll ? escaped(message.text) : most / 3;
  const leftBy = (rest: readonly string[]): number =>
    most - measure(rest.map((line) => `\n${line}`).join(""));
  const rests = shorterAndShorter(message, markup);
  const rest = rests.find((each) => leftBy(each) >= leastText) ?? rests.at(-1) ?? [];
  const text = markup.escape(fit(message.text, Math.max(0, leftBy(rest)), escaped));
  const lines = [text, ...rest].filter((line) => line !== "");
  // Services refuse a message without a text.
  return lines.length === 0 ? markup.escape(message.title) : lines.join("\n");
}

function shorterAndShorter(message: Message, markup: Markup): readonly (readonly string[])[] {
  const pods = Math.min(mostPods, message.pods.length);
  const next = Math.min(mostNext, message.next.length);
  const fewerPods = Array.from({ length: pods + 1 }, (_, left) => [pods - left, next] as const);
  const fewerNext = Array.from({ length: next }, (_, left) => [0, next - 1 - left] as const);
  return [...fewerPods, ...fewerNext].map((counts) => restOf(message, ...counts, markup));
}

/** All but what happened, in the order in which people need it. */
function restOf(
  message: Message,
  podCount: number,
  nextCount: number,
  { escape, code }: Markup,
): readonly string[] {
  const { next, remedy, sentAtMs } = message;
  const later = next.length - nextCount;
  const lines = [
    lateWords(message),
    numbersLine(message),
    ...podLines(message.pods, podCount),
    ...next
      .slice(0, nextCount)
      .map(({ what, atMs }) => `Next: ${what}${whenWords(atMs, sentAtMs)}`),
    later > 0 ? `and ${later} more to come` : "",
  ];
  const remedyWords =
    remedy?.command === undefined
      ? escape(remedy?.words ?? "")
      : `${escape(remedy.words)}: ${code(remedy.command)}`;
  return [...lines.map(escape), remedyWords].filter((line) => line !== "");
}

/**
 * `Balance $9.19 · burning $6.65/h · about 1 h 23 min left`; empty where nothing is known. Old numbers say
 * so: `Last seen 2 h 5 min before: balance $9.19 · burning $6.65/h`.
 */
function numbersLine(message: Message): string {
  const { balanceUsd, burnPerHrUsd, hoursLeft, seenAtMs, atMs } = message;
  if (balanceUsd === undefined && burnPerHrUsd === undefined) return "";
  const balance = seenAtMs === undefined ? "Balance" : "balance";
  const since = seenAtMs === undefined ? "" : `Last seen ${spanWords(atMs - seenAtMs)} before: `;
  const numbers = [
    balanceUsd === undefined ? `${balance} unknown` : `${balance} ${usd(balanceUsd)}`,
    burnPerHrUsd === undefined ? "burn unknown" : `burning ${perHour(burnPerHrUsd)}`,
    ...(hoursLeft === undefined ? [] : [leftWords(hoursLeft * hourMs)]),
  ];
  return `${since}${numbers.join(" · ")}`;
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

function podLine({ id, name, costPerHrUsd }: MessagePod): string {
  const cost = costPerHrUsd === undefined ? "cost unknown" : perHour(costPerHrUsd);
  return `${shownPod(id, name)} ${cost}`;
}

/** As elsewhere, but that an odd name is left as it reads: each service has an escape of its own. */
function shownPod(id: string, name: string): string {
  const words = podWords({ id, name });
  const shownId = cleanName(id);
  if (name === "" || name === id) return shownId;
  return words.startsWith(name) ? words : `"${name.replaceAll('"', "'")}" (${shownId})`;
}

/** Where it comes late: `Happened at 2026-11-26 03:12, 2 h 5 min ago`. */
function lateWords({ atMs, sentAtMs }: Pick<Message, "atMs" | "sentAtMs">): string {
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
