export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** `40 s`, `12 min`, `2 h 15 min`, `3 d 4 h`: the whole units that have passed, or that are left. */
export function span(ms: number): string {
  if (ms < minuteMs) return `${whole(ms, secondMs)} s`;
  if (ms < hourMs) return `${whole(ms, minuteMs)} min`;
  if (ms < dayMs) return two(whole(ms, hourMs), "h", whole(ms % hourMs, minuteMs), "min");
  return two(whole(ms, dayMs), "d", whole(ms % dayMs, hourMs), "h");
}

/** As `span`, but never by the second: `under 1 min`. */
export function minutesSpan(ms: number): string {
  return ms < minuteMs ? "under 1 min" : span(ms);
}

/** `12 s ago`; what is said to be to come has just been. */
export function ago(ms: number): string {
  return ms < secondMs ? "just now" : `${span(ms)} ago`;
}

/** `in 12 min`; what is past is due. */
export function until(ms: number): string {
  return ms <= 0 ? "now" : `in ${span(ms)}`;
}

function whole(ms: number, unitMs: number): number {
  return Math.max(0, Math.floor(ms / unitMs));
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
