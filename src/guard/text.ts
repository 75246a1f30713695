import { minuteMs } from "#guard/model/time.ts";
import type { Pod } from "#guard/model/account.ts";

/** As many decimals as JavaScript writes; every amount of money is exact well within them. */
const mostDigits = 100;

/**
 * A number with `digits` decimals as Python's `.Nf` writes it: correctly rounded, an exact half to
 * the even digit.
 */
export function fixed(value: number, digits: number): string {
  const size = Math.abs(value);
  if (!(size < 1e21)) return String(value);
  const sign = value < 0 ? "-" : "";
  // An exact half is a multiple of a power of two; nothing else needs the long way.
  if (digits <= mostDigits && !Number.isInteger(size * 2 ** (digits + 1))) {
    return sign + size.toFixed(digits);
  }
  const exact = size.toFixed(mostDigits);
  const end = exact.indexOf(".") + 1 + digits;
  const cut = exact.slice(0, end).replace(/\.$/, "");
  const isHalf = /^50*$/.test(exact.slice(end));
  if (isHalf && /[02468]$/.test(cut)) return sign + cut;
  return (
    sign + size.toFixed(Math.min(digits, mostDigits)) + "0".repeat(Math.max(0, digits - mostDigits))
  );
}

/** A number as Python prints a float: `4.0`, `9.8234`. */
export function plain(value: number): string {
  return Number.isInteger(value) ? fixed(value, 1) : String(value);
}

/** `$4.2345`; a debt is `-$0.1000`. */
export function usd(value: number, digits = 4): string {
  return `${value < 0 ? "-" : ""}$${fixed(Math.abs(value), digits)}`;
}

/** `30`, `0.5`: a number of hours or minutes as people wrote it. */
export function plainNumber(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** `7 min`, `2 h 15 min`. */
export function spanWords(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

/** `p1 (trainer), p2 (sdxl) and 3 more`: names enough for a notice, however many pods there are. */
export function listedPods(
  pods: readonly { readonly podId: string; readonly name: string }[],
): string {
  const named = pods.slice(0, 5).map(({ podId, name }) => `${podId} (${name})`);
  return pods.length > 5 ? `${named.join(", ")} and ${pods.length - 5} more` : named.join(", ");
}

/** How a pod is named to people. */
export function podWords({ id, name }: Pick<Pod, "id" | "name">): string {
  return `${id} (${name})`;
}
