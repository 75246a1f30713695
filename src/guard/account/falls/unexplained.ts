import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Falling } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { forget, notify } from "#guard/outbox/notify.ts";
import { withoutTold, withTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { auditedWords, fallsUnexplainedSince, isAuditDue } from "#guard/account/audited.ts";
import { burnLagMs } from "#guard/account/burn.ts";
import { measuredFalls, measuredMs } from "./falling.ts";

/** So much more than the pods cost, and so much an hour, is worth a notice. */
const more = { share: 0.2, perHrUsd: 0.1 };
/** It is over well below that, so that it does not come and go. */
const little = { share: 0.1, perHrUsd: 0.05 };

const topic = "burn:unexplained";

/** What the balance fell by, and what the pods can have cost meanwhile, at the most. */
interface Fall {
  readonly overMs: number;
  readonly fellUsd: number;
  readonly podsUsd: number;
}

interface Falls extends Fall {
  /** One after the other, each from fall to fall. */
  readonly parts: readonly Fall[];
}

/** The first part is a single fall, as it must have begun by then. No other is shorter but the last. */
const partMs = 5 * minuteMs;

/**
 * Tells once that the balance falls faster than the pods explain, with what an audit found, and that it no
 * longer does. Both from fall to fall, and only of what is known.
 */
export function checkUnexplained(state: GuardState, look: Seen, policy: Policy): Decision {
  const { atMs } = look;
  const isTold = own(state.reminded ?? {}, topic) !== undefined;
  const fall = fallsIn(state.falls);
  const explained = explainedWords(state.falls, fall, atMs);
  if (explained !== undefined) return sayExplained(state, explained, isTold, policy, atMs);
  if (fall === undefined || !isUnexplained(fall)) return { state, events: [] };
  const since = own(state.saidAtMs, fallsUnexplainedSince) ?? atMs;
  const marked = { ...state, saidAtMs: { ...state.saidAtMs, [fallsUnexplainedSince]: since } };
  const isLookedFor = isAuditDue(marked, atMs) && atMs - since < burnLagMs;
  if (isTold || isLookedFor) return { state: marked, events: [] };
  const words = auditedWords(marked, atMs);
  return notify(withTold(marked, topic, atMs), policy, {
    event: "burn",
    name: "burn",
    topic,
    atMs,
    because: `${fellWords(fall)}, and the pods explain at most ${perHour(rateOf(fall.podsUsd, fall))} of it. ${perHour(rateOf(excessOf(fall), fall))} is unexplained${words === undefined ? ". Check for serverless workers and storage" : `: ${words}`}`,
    remedy: { words: "To find it", command: `${policy.podGuards.command} audit` },
  });
}

function sayExplained(
  state: GuardState,
  words: string,
  isTold: boolean,
  policy: Policy,
  atMs: number,
): Decision {
  const over = withoutTold(
    forget(state, (key) => key === fallsUnexplainedSince),
    (key) => key === topic,
  );
  if (!isTold) return { state: over, events: [] };
  return notify(over, policy, {
    event: "burn",
    name: "burn",
    severity: "info",
    topic,
    isResolution: true,
    atMs,
    because: `nothing unexplained burns any more: ${words}`,
  });
}

/** Why it is known to be explained. A balance that stands still for so long leaves nothing to be explained. */
function explainedWords(
  falls: Falling | undefined,
  fall: Fall | undefined,
  nowMs: number,
): string | undefined {
  if (falls === undefined) return undefined;
  const movedAtMs = falls.points.at(-1)?.atMs ?? falls.sinceMs;
  if (nowMs - movedAtMs >= measuredMs) {
    return `the balance has not fallen for ${spanWords(measuredMs)}`;
  }
  if (fall === undefined || !isSteady(falls, fall) || isMore(fall, little)) return undefined;
  return `${fellWords(fall)}, which the pods explain`;
}

/** What ran only for a while is charged with some room, which may hide what is not explained. */
function isSteady({ rates }: Falling, { podsUsd, overMs }: Fall): boolean {
  const perHrUsd = rates.at(-1)?.perHrUsd;
  return perHrUsd !== undefined && podsUsd <= steadyRoom * ((perHrUsd * overMs) / hourMs);
}

const steadyRoom = 1.05;

/** In all, and in each part of the time: what is charged in one go, as storage is every hour, is no burn. */
function isUnexplained(falls: Falls): boolean {
  const { parts } = falls;
  return parts.length > 1 && isMore(falls, more) && parts.every((part) => isMore(part, little));
}

function isMore(fall: Fall, { share, perHrUsd }: typeof more): boolean {
  const excess = excessOf(fall);
  return excess > share * fall.podsUsd && rateOf(excess, fall) > perHrUsd;
}

function excessOf({ fellUsd, podsUsd }: Fall): number {
  return fellUsd - podsUsd;
}

function rateOf(amountUsd: number, { overMs }: Fall): number {
  return (amountUsd * hourMs) / overMs;
}

/**
 * Whatever RunPod charges at the one fall is from after the look before the other. So the pods are given all
 * that they can have cost since then. Unknown where any pod's part in it is.
 */
function fallsIn(falls: Falling | undefined): Falls | undefined {
  const found = measuredFalls(falls);
  if (falls === undefined || found === undefined) return undefined;
  const { first, last } = found;
  const parts: Fall[] = [];
  let part = { overMs: 0, fellUsd: 0, podsUsd: 0 };
  let podsUsd = first.lastPodsUsd ?? Infinity;
  let before = first;
  for (const point of falls.points.slice(1)) {
    const { podsUsd: costUsd = Infinity } = point;
    podsUsd += costUsd;
    part = {
      overMs: part.overMs + point.atMs - before.atMs,
      fellUsd: part.fellUsd + before.balanceUsd - point.balanceUsd,
      podsUsd: part.podsUsd + costUsd,
    };
    before = point;
    const isShort = part.overMs < partMs && parts.length > 0;
    if (isShort && point !== last) continue;
    parts.push(part);
    part = { overMs: 0, fellUsd: 0, podsUsd: 0 };
  }
  if (podsUsd === Infinity) return undefined;
  const overMs = last.atMs - first.sinceMs;
  return { overMs, fellUsd: first.balanceUsd - last.balanceUsd, podsUsd, parts };
}

/** `the balance fell $1.20 in 16 min ($4.50/h)`. */
function fellWords(fall: Fall): string {
  const { fellUsd, overMs } = fall;
  return `the balance fell ${usd(fellUsd)} in ${spanWords(overMs)} (${perHour(rateOf(fellUsd, fall))})`;
}
