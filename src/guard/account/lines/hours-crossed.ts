import type { Seen } from "#guard/model/account.ts";
import type { Line, Policy } from "#guard/model/policy.ts";
import type { GuardState, HoursCrossed } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { isBelow, isBelowHours } from "./line.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";

/** A burn that comes and goes would cross the line each time. */
const longMs = 10 * minuteMs;

/**
 * What becomes of it by a look: what is not known breaks nothing, and for longer than a gap it is no time that was
 * seen. Undefined: the threshold was not crossed by hours.
 */
export function followHours(
  before: HoursCrossed | undefined,
  line: Line,
  state: Pick<GuardState, "falls">,
  look: Seen,
  { podGuards: { gapMs } }: Pick<Policy, "podGuards">,
): HoursCrossed | undefined {
  const measured = measuredIn(state, look);
  if (before === undefined) return isBelowHours(line, measured) === true ? {} : undefined;
  if (line.belowHours === undefined) return undefined;
  const hours = isBelowHours(line, measured, true);
  if (hours === "unknown" || look.isRiseDoubted === true) return before;
  const isOver = isBelow(line, measured, true) === false;
  const isAgain = before.isOver === true && !isOver;
  const belowSinceMs = isAgain ? look.atMs : before.belowSinceMs;
  if (hours === true) return { belowSinceMs };
  const { aboveMs = 0, aboveAtMs = -Infinity } = before;
  const apartMs = look.atMs - aboveAtMs;
  const seenMs = apartMs > gapMs ? 0 : Math.max(0, apartMs);
  return { aboveMs: aboveMs + seenMs, aboveAtMs: look.atMs, isOver, belowSinceMs };
}

/** Whether it is too early to arm a threshold again of which nothing is crossed now. */
export function isHeldByHours(crossed: HoursCrossed | undefined): boolean {
  return (crossed?.aboveMs ?? Infinity) < longMs;
}
