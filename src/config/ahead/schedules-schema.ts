import * as z from "zod";
import { whyNoCron } from "#calendar/cron.ts";
import { timeZone } from "#config/reading/time-zone.ts";
import type { ScheduleSettings } from "#config/settings.ts";
import { oneWord } from "./name-schema.ts";

const schedule = z.strictObject({
  name: oneWord.describe("Its name in notifications and commands; unique."),
  cron: z
    .string()
    .superRefine((words, context) => {
      const message = whyNoCron(words);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .describe('When: minute, hour, day, month and day of the week, such as "0 19 * * 1-5".'),
  timezone: timeZone.describe("Whose clock it is read on; without it, the daemon's."),
  pods: z
    .array(z.string().min(1))
    .min(1)
    .describe("Ids or names of the pods it is for; * and ? are wildcards. No cluster is meant."),
  action: z
    .enum(["stop", "notify"])
    .default("stop")
    .describe("What happens to those that run then: stop, or notify."),
  except: z
    .array(z.string().refine(isDay, 'must be a day that there is, written like "2026-12-24"'))
    .max(366)
    .default([])
    .describe("Days on which it does nothing."),
});

export const schedulesSchema = z.array(schedule).max(50).default([]);

type ScheduleFile = z.output<typeof schedule>;

export function scheduleOf({ timezone, ...file }: ScheduleFile): ScheduleSettings {
  const { name, cron, pods, action, except } = file;
  return {
    name,
    cron,
    ...(timezone !== undefined && { timeZone: timezone }),
    pods,
    action,
    except,
  };
}

function isDay(words: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(words)) return false;
  const ms = Date.parse(`${words}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(words);
}
