import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

const mostHours = 8760;
const decimal = /^\d+(\.\d+)?$|^\.\d+$/;

/** Milliseconds of HOURS as people type it. Throws a UserError on all that is no sensible time. */
export function hoursIn(text: string): number {
  const hours = decimal.test(text) ? Number(text) : NaN;
  const ms = Math.round(hours * hourMs);
  if (ms >= minuteMs && hours <= mostHours) return ms;
  throw new UserError(
    `HOURS must be a number like 2 or 0.5, at least a minute (0.017) and at most ${mostHours} (it is ${JSON.stringify(cleanName(text))}).`,
  );
}

/** What may still be asked for, never more: `1 h 30 min`, and as HOURS `1.5`. Undefined: not a minute. */
export function whatRemains(
  ms: number,
): { readonly ms: number; readonly hours: string } | undefined {
  const wholeMs = Math.floor(ms / minuteMs) * minuteMs;
  if (!(wholeMs >= minuteMs)) return undefined;
  return { ms: wholeMs, hours: String(Math.floor((wholeMs / hourMs) * 10_000) / 10_000) };
}
