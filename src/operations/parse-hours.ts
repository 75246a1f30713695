import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

const mostHours = 8760;
const decimal = /^\d+(\.\d+)?$|^\.\d+$/;

/** Milliseconds of HOURS as it is typed. Throws a UserError on anything else. */
export function hoursIn(text: string): number {
  const hours = decimal.test(text) ? Number(text) : NaN;
  const ms = Math.round(hours * hourMs);
  if (ms >= minuteMs && hours <= mostHours) return ms;
  throw new UserError(
    `HOURS must be a number such as 2 or 0.5, from 0.017 (one minute) to ${mostHours} (got ${JSON.stringify(cleanName(text))}).`,
  );
}

/** How much time can still be given, rounded down: `1 h 30 min`, and as HOURS `1.5`. Undefined: under a minute. */
export function whatRemains(
  ms: number,
): { readonly ms: number; readonly hours: string } | undefined {
  const wholeMs = Math.floor(ms / minuteMs) * minuteMs;
  if (!(wholeMs >= minuteMs)) return undefined;
  return { ms: wholeMs, hours: String(Math.floor((wholeMs / hourMs) * 10_000) / 10_000) };
}
