import * as z from "zod";
import { reminds, type Repeats } from "#guard/model/policy.ts";

/** How often people hear of what lasts: of a threshold, a budget and a guard alike. */
export const ofWhatLasts = {
  remind: z
    .enum(reminds)
    .default("once")
    .describe("Told again while it lasts: once, hourly, daily or doubling (1 h, 2 h, 4 h)."),
  resolved: z
    .boolean()
    .default(false)
    .describe("true: everyone who was told is told when it is over."),
};

/** Absent where it is as it always was: then a config is what it was before there was a choice. */
export function repeatsOf({ remind, resolved }: RepeatsFile): Repeats {
  return {
    ...(remind !== "once" && { remind }),
    ...(resolved && { tellsResolved: true }),
  };
}

type RepeatsFile = {
  readonly [Key in keyof typeof ofWhatLasts]: z.output<(typeof ofWhatLasts)[Key]>;
};
