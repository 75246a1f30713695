import type { Settings } from "#config/settings.ts";
import { hourMs } from "#guard/model/time.ts";
import { perHour, plainNumber } from "#guard/text.ts";

/** What may be started at most, and what the guards do with what was started elsewhere. */
export function launchLines({
  launch,
  foreignPods,
}: Pick<Settings, "launch" | "foreignPods">): readonly string[] {
  return [
    ...(launch === undefined
      ? []
      : [
          `may be started: pods of at most ${perHour(launch.mostPerHrUsd)}, for ${plainNumber(launch.mostMs / hourMs)} h, ${launch.mostRunning} at once, ${launch.mostStartsPerHour} an hour`,
          ...(launch.gpus === undefined ? [] : [`  only on ${launch.gpus.join(", ")}`]),
          ...(launch.regions === undefined ? [] : [`  only in ${launch.regions.join(", ")}`]),
        ]),
    ...(foreignPods === undefined
      ? []
      : [
          `pods that were started elsewhere: ${foreignPods === "notify" ? "the guards only tell of them" : "the guards leave them alone"}`,
        ]),
  ];
}
