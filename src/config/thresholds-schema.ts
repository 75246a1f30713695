import * as z from "zod";
import { ofWhatLasts } from "#config/ahead/repeats-schema.ts";
import {
  argument,
  daySeconds,
  notifyCommand,
  passApiKey,
  whateverElseIsWrong,
} from "#config/reading/fields.ts";

export const thresholdSchema = z
  .strictObject({
    name: argument.min(1).describe("Its name in logs, notifications and the state; unique."),
    below_usd: z
      .number()
      .positive()
      .optional()
      .describe("It is crossed when the balance falls below this many dollars."),
    below_hours: z
      .number()
      .positive()
      .max(8_760)
      .optional()
      .describe("It is crossed when the balance lasts less than so many hours."),
    prompt: argument.min(1).describe("What the agent is told; placeholders are filled in."),
    extra_notify_command: notifyCommand.describe("Run instead of the global one; [] runs none."),
    pass_api_key: passApiKey
      .optional()
      .describe("true: its notify command gets RUNPOD_API_KEY in its environment."),
    backstop: z
      .strictObject({
        action: z
          .enum(["stop", "terminate"])
          .describe("stop keeps the pods' volumes, terminate deletes the pods."),
        after_seconds: z
          .number()
          .min(0)
          .max(daySeconds)
          .default(120)
          .describe("Seconds after the crossing."),
      })
      .optional()
      .describe("Stops or terminates pods that still run this long after the crossing."),
    ...ofWhatLasts,
  })
  .superRefine(({ below_usd, below_hours }, context) => {
    if (below_usd !== undefined || below_hours !== undefined) return;
    context.addIssue({
      code: "custom",
      path: ["below_usd"],
      message: "must have below_usd, below_hours, or both",
      params: { found: "it has neither" },
    });
  }, whateverElseIsWrong);

const lines = ["below_usd", "below_hours"] as const;

/**
 * Dollars alone are put in order by the guard. Dollars and hours cannot be compared: there the order of the file
 * tells which threshold is the more severe, and must not contradict the numbers.
 */
export function inOrderOfSeverity(found: unknown, context: z.RefinementCtx): void {
  // What is wrong with them otherwise is said elsewhere.
  const thresholds: readonly unknown[] = Array.isArray(found) ? found : [];
  if (!thresholds.some((each) => numberIn(each, "below_hours") !== undefined)) return;
  for (const key of lines) {
    let last = Infinity;
    for (const [n, each] of thresholds.entries()) {
      const value = numberIn(each, key) ?? last;
      if (value > last) {
        context.addIssue({
          code: "custom",
          path: [n, key],
          message: `must be at most ${last}, as in a threshold above it: where hours are used, thresholds stand from the first to the most severe`,
        });
      }
      last = Math.min(last, value);
    }
  }
}

function numberIn(found: unknown, key: (typeof lines)[number]): number | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const value: unknown = Reflect.get(found, key);
  return typeof value === "number" ? value : undefined;
}
