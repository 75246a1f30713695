import type { Seen } from "#guard/model/account.ts";
import type { Line } from "#guard/model/policy.ts";
import { perHour, plainNumber, usd, usdBeside } from "#guard/text.ts";

/** What a line is held against. A burn that is not known says nothing of the time that is left. */
export type Measured = Pick<Seen, "balanceUsd" | "burnPerHrUsd">;

/** The burn moves with every pod that starts or stops: time that is left is back only well above its line. */
const backAbove = 1.1;

/**
 * On which side of a line the balance is. Either half of the line is enough to be below it. Undefined: it is
 * below by no half that is known, and one is not known.
 */
export function isBelow(line: Line, measured: Measured, wasBelow = false): boolean | undefined {
  const halves = [isBelowUsd(line, measured), isBelowHours(line, measured, wasBelow)];
  if (halves.includes(true)) return true;
  return halves.includes("unknown") ? undefined : false;
}

function isBelowUsd({ belowUsd }: Line, { balanceUsd }: Measured): boolean | undefined {
  return belowUsd === undefined ? undefined : balanceUsd < belowUsd;
}

/** Undefined where the line has no hours. */
export function isBelowHours(
  { belowHours }: Line,
  measured: Measured,
  wasBelow = false,
): boolean | "unknown" | undefined {
  if (belowHours === undefined) return undefined;
  const left = hoursLeft(measured);
  if (left === undefined) return "unknown";
  return left < (wasBelow ? belowHours * backAbove : belowHours);
}

/** Infinity when nothing burns, undefined when the burn is unknown. */
export function hoursLeft({ balanceUsd, burnPerHrUsd }: Measured): number | undefined {
  if (burnPerHrUsd === undefined) return undefined;
  return burnPerHrUsd <= 0 ? Infinity : Math.max(0, balanceUsd / burnPerHrUsd);
}

/** The balance at which the line is crossed at this burn; undefined: at none, or nobody knows. */
export function crossedAtUsd(
  { belowUsd, belowHours }: Line,
  burnPerHrUsd: number | undefined,
): number | undefined {
  const burning = burnPerHrUsd !== undefined && burnPerHrUsd > 0 ? burnPerHrUsd : undefined;
  const ofHours =
    belowHours === undefined || burning === undefined ? undefined : belowHours * burning;
  if (belowUsd === undefined || ofHours === undefined) return belowUsd ?? ofHours;
  return Math.max(belowUsd, ofHours);
}

/** `$10.00`, `2 h left`, `$10.00 or 2 h left`. */
export function lineWords({ belowUsd, belowHours }: Line): string {
  return [
    ...(belowUsd === undefined ? [] : [usd(belowUsd)]),
    ...(belowHours === undefined ? [] : [`${plainNumber(belowHours)} h left`]),
  ].join(" or ");
}

/** `balance $9.82 is below $10.00`, `balance $9.82 lasts 1.9 h at $5.20/h, less than 2 h`; or both. */
export function belowWords(line: Line, measured: Measured): string {
  const { belowUsd, belowHours } = line;
  const { balanceUsd } = measured;
  const words = [
    ...(belowUsd !== undefined && isBelowUsd(line, measured) === true
      ? [`is below ${usd(belowUsd)}`]
      : []),
    ...(belowHours !== undefined && isBelowHours(line, measured) === true
      ? [`${lastsWords(measured)}, less than ${plainNumber(belowHours)} h`]
      : []),
  ];
  return `balance ${usdBeside(balanceUsd, belowUsd ?? balanceUsd)} ${words.join(", and ")}`;
}

/** `balance $12.00 is back at or above $10.00`, `balance $12.00 lasts 4.0 h at $3.00/h, no longer less than 2 h`. */
export function aboveWords({ belowUsd, belowHours }: Line, measured: Measured): string {
  const words = [
    ...(belowUsd === undefined ? [] : [`is back at or above ${usd(belowUsd)}`]),
    ...(belowHours === undefined
      ? []
      : [`${lastsWords(measured)}, no longer less than ${plainNumber(belowHours)} h`]),
  ];
  return `balance ${usdBeside(measured.balanceUsd, belowUsd ?? measured.balanceUsd)} ${words.join(", and ")}`;
}

/** `lasts 1.9 h at $5.20/h`. */
function lastsWords(measured: Measured): string {
  const { burnPerHrUsd } = measured;
  const left = hoursLeft(measured);
  if (burnPerHrUsd === undefined || left === undefined || left === Infinity) {
    return "lasts, as nothing burns";
  }
  // Rounded down: what is below a line never has its words.
  return `lasts ${(Math.floor(left * 10) / 10).toFixed(1)} h at ${perHour(burnPerHrUsd)}`;
}
