import * as z from "zod";
import { argument, whateverElseIsWrong } from "#config/reading/fields.ts";
import { timeZone } from "#config/reading/time-zone.ts";
import { oneWord } from "./name-schema.ts";
import { ofWhatLasts, repeatsOf } from "./repeats-schema.ts";
import type { BudgetSettings } from "#config/settings.ts";

const budget = z
  .strictObject({
    name: oneWord.describe("Its name in notifications and commands; unique."),
    usd: z.number().positive().describe("It is spent when this many dollars are."),
    per: z
      .enum(["day", "week", "month"])
      .describe("By the calendar: a day, a week from Monday on, or a month."),
    pods: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        "Ids or names of the pods whose cost counts, with * and ?; without it, all that is spent.",
      ),
    timezone: timeZone.describe("Whose calendar it is; without it, the daemon's."),
    prompt: argument
      .min(1)
      .optional()
      .describe("What the agent is told; only where action is agent."),
    action: z
      .enum(["notify", "agent", "stop"])
      .default("notify")
      .describe("What happens when it is spent: notify; agent or stop, beside a notification."),
    freeze: z
      .boolean()
      .default(false)
      .describe(
        "true: pods that start then are told of, or stopped, until the next period or unfreeze.",
      ),
    ...ofWhatLasts,
  })
  .superRefine(({ action, prompt }, context) => {
    if (action !== "agent" || prompt !== undefined) return;
    context.addIssue({
      code: "custom",
      path: ["prompt"],
      message: 'must say what the agent is told, as action is "agent"',
      params: { found: "it has none" },
    });
  }, whateverElseIsWrong);

export const budgetsSchema = z.array(budget).max(50).default([]);

type BudgetFile = z.output<typeof budget>;

export function budgetOf(file: BudgetFile): BudgetSettings {
  const { name, usd, per, pods, timezone, prompt, action, freeze } = file;
  return {
    name,
    limitUsd: usd,
    per,
    ...(pods !== undefined && { pods }),
    ...(timezone !== undefined && { timeZone: timezone }),
    ...(prompt !== undefined && { prompt }),
    action,
    freezes: freeze,
    ...repeatsOf(file),
  };
}
