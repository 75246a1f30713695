import * as z from "zod";
import type { LaunchCaps } from "#guard/model/launch.ts";
import { hourMs } from "#guard/model/time.ts";

/** A prohibition has no default: the first four must be given. */
export const launchSchema = z.strictObject({
  max_price_per_hr: z
    .number()
    .positive()
    .describe("Dollars an hour that one pod may cost, all its GPUs together."),
  max_hours: z.number().positive().max(8_760).describe("Hours that a pod may be started for."),
  max_running: z.int().min(1).describe("How many pods may run at once, whoever started them."),
  max_starts_per_hour: z.int().min(1).describe("How many pods may be started within an hour."),
  regions: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("RunPod's ids of the data centres where pods may be started; without it, any."),
  gpus: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("GPU types that may be started: ids or names; * and ? are wildcards."),
});

export function launchCapsOf(file: z.output<typeof launchSchema>): LaunchCaps {
  const { max_price_per_hr, max_hours, max_running, max_starts_per_hour, regions, gpus } = file;
  return {
    mostPerHrUsd: max_price_per_hr,
    mostMs: max_hours * hourMs,
    mostRunning: max_running,
    mostStartsPerHour: max_starts_per_hour,
    ...(regions !== undefined && { regions }),
    ...(gpus !== undefined && { gpus }),
  };
}
