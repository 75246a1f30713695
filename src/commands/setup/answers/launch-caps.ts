/** What `launch` of the config must say, in the order in which it is asked for. */
export const capKeys = [
  "max_price_per_hr",
  "max_hours",
  "max_running",
  "max_starts_per_hour",
] as const;

export type CapKey = (typeof capKeys)[number];

export type Caps = Readonly<Record<CapKey, number>>;

/** Those of the shipped example; no more hours than the lease guard gives. */
export function proposedCaps(leaseHours: number | undefined): Caps {
  return {
    max_price_per_hr: 5,
    max_hours: Math.min(8, leaseHours ?? 8),
    max_running: 4,
    max_starts_per_hour: 6,
  };
}

const wholeKeys: readonly CapKey[] = ["max_running", "max_starts_per_hour"];
const yearHours = 8_760;

/** What is wrong with a cap as it was typed; undefined: nothing. */
export function capFault(key: CapKey, text: string, leaseHours?: number): string | undefined {
  if (!/^\d+(\.\d+)?$/.test(text)) return "It must be a number.";
  const n = Number(text);
  if (wholeKeys.includes(key) && !Number.isSafeInteger(n)) return "It must be a whole number.";
  if (!(n > 0)) return "It must be more than 0.";
  if (key !== "max_hours") return undefined;
  if (leaseHours !== undefined && n > leaseHours) {
    return `It must be at most ${leaseHours}, the max_hours of guards.lease.`;
  }
  return n > yearHours ? `It must be at most ${yearHours}.` : undefined;
}

/** `5,8,4,6`; or what is wrong with it, in words. */
export function parseCaps(text: string): { readonly caps: Caps } | { readonly fault: string } {
  const words = text.trim() === "" ? [] : text.split(",").map((word) => word.trim());
  const [price = "", hours = "", running = "", starts = ""] = words;
  if (words.length !== capKeys.length) {
    return {
      fault: `Give four numbers, a comma between: dollars an hour, hours, pods at once, starts an hour (got ${words.length}).`,
    };
  }
  const typed: Readonly<Record<CapKey, string>> = {
    max_price_per_hr: price,
    max_hours: hours,
    max_running: running,
    max_starts_per_hour: starts,
  };
  const faults = capKeys.flatMap((key) => {
    const fault = capFault(key, typed[key]);
    return fault === undefined ? [] : [`${key}: ${fault}`];
  });
  return faults.length > 0 ? { fault: faults.join(" ") } : { caps: capsOf(typed) };
}

/** Of texts that are caps. */
export function capsOf(typed: Readonly<Record<CapKey, string>>): Caps {
  return {
    max_price_per_hr: Number(typed.max_price_per_hr),
    max_hours: Number(typed.max_hours),
    max_running: Number(typed.max_running),
    max_starts_per_hour: Number(typed.max_starts_per_hour),
  };
}
