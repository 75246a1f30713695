import { cleanName, oneLine } from "#control-characters.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { bytes, fit } from "./fit.ts";

/** Several polls: after that, the numbers are no longer what they were. */
const oldMs = 10 * minuteMs;

/** Names may be long. */
const longestDearestBytes = 400;

/** So many pods are what a phone has room for. */
const mostNamed = 3;

/** When the account was last seen, where that was long before. */
export function seenLongBefore(look: Seen | undefined, atMs: number): number | undefined {
  return look !== undefined && atMs - look.atMs > oldMs ? look.atMs : undefined;
}

/** The account as people are told of it; undefined is unknown. */
export interface Numbers {
  readonly balanceUsd: number | undefined;
  readonly burnPerHrUsd: number | undefined;
  /** By both of them; undefined also where nothing burns, or both are old. */
  readonly hoursLeft: number | undefined;
  /** How long before they were last seen, where that was long. */
  readonly agoMs: number | undefined;
}

/** The money by the burn; undefined where one is unknown, or nothing burns. */
export function hoursLeftOf(
  balanceUsd: number | undefined,
  burnPerHrUsd: number | undefined,
): number | undefined {
  if (balanceUsd === undefined || burnPerHrUsd === undefined) return undefined;
  return burnPerHrUsd <= 0 ? undefined : finite(Math.max(0, balanceUsd / burnPerHrUsd));
}

export function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/**
 * `Balance $9.19 · burning $6.65/h · about 1 h 23 min left`; empty where nothing is known. Old numbers say
 * so: `Last seen 2 h 5 min before: balance $9.19 · burning $6.65/h`.
 */
export function numbersWords({ balanceUsd, burnPerHrUsd, hoursLeft, agoMs }: Numbers): string {
  if (balanceUsd === undefined && burnPerHrUsd === undefined) return "";
  const balance = agoMs === undefined ? "Balance" : "balance";
  const since = agoMs === undefined ? "" : `Last seen ${spanWords(agoMs)} before: `;
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

/** What runs, the most expensive first; none where it is not known, or was seen long ago. */
export function dearestIn(look: Seen | undefined, atMs: number): readonly Pod[] {
  if (look === undefined || look.pods === "unknown") return [];
  if (seenLongBefore(look, atMs) !== undefined) return [];
  return look.pods.filter(isRunning).sort(dearestFirst);
}

type Costing = Pick<NamedCost, "costPerHrUsd">;

/** One of unknown cost may be the dearest of all. */
export function dearestFirst(a: Costing, b: Costing): number {
  return (b.costPerHrUsd ?? Infinity) === (a.costPerHrUsd ?? Infinity)
    ? 0
    : (b.costPerHrUsd ?? Infinity) - (a.costPerHrUsd ?? Infinity);
}

export interface NamedCost {
  readonly id: string;
  /** Empty where unknown. */
  readonly name: string;
  readonly costPerHrUsd?: number | undefined;
}

/** `eval-sweep (e1) $1.49/h, trainer (t1) $0.79/h and 3 more`; empty where there are none. */
export function dearestWords(pods: readonly NamedCost[], nameWords = shownPod): string {
  const named = pods
    .slice(0, mostNamed)
    .map((pod) => costWords(pod, nameWords))
    .join(", ");
  const more = pods.length - mostNamed;
  return more > 0 ? `${named} and ${more} more` : named;
}

/** `eval-sweep (e1) $1.49/h`. */
export function costWords(pod: NamedCost, nameWords = shownPod): string {
  const { costPerHrUsd } = pod;
  const cost = costPerHrUsd === undefined ? "cost unknown" : perHour(costPerHrUsd);
  return `${nameWords(pod)} ${cost}`;
}

/** As elsewhere, but that an odd name is left as it reads: each service has an escape of its own. */
function shownPod({ id, name }: Pick<NamedCost, "id" | "name">): string {
  const words = podWords({ id, name });
  const shownId = cleanName(id);
  if (name === "" || name === id) return shownId;
  return words.startsWith(name) ? words : `"${name.replaceAll('"', "'")}" (${shownId})`;
}

/**
 * The account in one line, for a message that has no more:
 * `Balance $9.82 · burning $6.65/h · about 1 h 28 min left · most: eval-sweep (e1) $1.49/h`.
 */
export function factsOf(
  notice: Pick<Notify, "atMs" | "balanceUsd" | "burnPerHrUsd">,
  look: Seen | undefined,
  nowMs: number,
): string {
  const { atMs = nowMs } = notice;
  const balanceUsd = finite(notice.balanceUsd);
  const burnPerHrUsd = finite(notice.burnPerHrUsd);
  const seenAtMs = seenLongBefore(look, atMs);
  const numbers = numbersWords({
    balanceUsd,
    burnPerHrUsd,
    hoursLeft: seenAtMs === undefined ? hoursLeftOf(balanceUsd, burnPerHrUsd) : undefined,
    agoMs: seenAtMs === undefined ? undefined : atMs - seenAtMs,
  });
  const dearest = fit(
    oneLine(dearestWords(dearestIn(look, atMs), podWords)),
    longestDearestBytes,
    bytes,
  );
  return [numbers, ...(dearest === "" ? [] : [`most: ${dearest}`])]
    .filter((part) => part !== "")
    .join(" · ");
}
