import type { LaunchCaps } from "#guard/model/launch.ts";
import { hourMs } from "#guard/model/time.ts";

/** By the keys that they have in the config. */
export function capsJson(caps: LaunchCaps) {
  return {
    max_price_per_hr: caps.mostPerHrUsd,
    max_hours: caps.mostMs / hourMs,
    max_running: caps.mostRunning,
    max_starts_per_hour: caps.mostStartsPerHour,
    regions: caps.regions ?? null,
    gpus: caps.gpus ?? null,
  };
}
