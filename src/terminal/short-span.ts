import { minuteMs } from "#guard/model/time.ts";
/** `45m`, `2h 15m`: whole minutes that have passed, or that are left. */
export function shortSpan(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m` : `${hours}h ${minutes % 60}m`;
}
