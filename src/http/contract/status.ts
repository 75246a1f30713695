import * as z from "zod";
import { event } from "./history.ts";
import { operation } from "./operation.ts";
import { iso } from "./time.ts";

const usd = z.number().describe("US dollars.");

/** As `runpodboss status --json` has it. `null` is unknown, or what does not apply. */
const pod = z.object({
  id: z.string(),
  name: z.string(),
  gpu_type: z.string().nullable(),
  gpu_count: z.number().nullable(),
  status: z.string().nullable(),
  cluster: z.object({ pods: z.array(z.looseObject({})).nullable() }).optional(),
  is_protected: z.boolean(),
  kept_from_ending: z.enum(["protected", "locked", "unknown"]).nullable(),
  guarded_as: z
    .enum(["guard", "notify", "ignore"])
    .nullable()
    .describe("What `foreign_pods` has the guards of single pods do with it; null: not known."),
  started_by: z
    .object({
      kind: z.enum(["person", "agent", "runpodboss-elsewhere", "elsewhere"]).nullable(),
      agent: z.string().nullable(),
      session: z.string().nullable(),
      host: z.string().nullable(),
    })
    .describe(
      "Who started the pod. kind null: nobody knows; runpodboss-elsewhere: with this program, on another machine.",
    ),
  cost_per_hr_usd: usd.nullable(),
  uptime_minutes: z.number().nullable(),
  uptime_is_at_least: z.boolean(),
  idle_minutes: z.number().nullable(),
  ends_by: z
    .string()
    .nullable()
    .describe("The guard whose end comes first; none: nothing ends it."),
  ends_at: iso.nullable(),
  minutes_left: z.number().nullable(),
  is_expired: z.boolean().nullable(),
  cost_now_usd: usd.nullable(),
  est_total_usd: usd.nullable(),
  // Beside what `status --json` has:
  run: z.string().nullable().describe("Names its present run: a restart is another one."),
  is_running: z.boolean().nullable(),
  is_idle_watched: z
    .boolean()
    .describe("false: no idle guard is for it, so that `idle_minutes` is not unknown."),
  started_words: z
    .string()
    .nullable()
    .describe("The same in words; null where it was not started with this program, too."),
  end_words: z.string().nullable().describe("What will happen at `ends_at`."),
  may: z
    .array(z.enum(["extend", "touch", "stop", "terminate"]))
    .describe("What can be asked for now; the answer still says no where something has changed."),
  may_not: z.string().nullable().describe("Why it can neither be stopped nor terminated."),
  loses: z
    .object({ stop: z.string(), terminate: z.string() })
    .describe("What an end loses, in words, for the question before it."),
});

const threshold = z.object({
  name: z.string(),
  below_usd: usd.nullable(),
  below_hours: z.number().nullable(),
  /** The balance at which it is crossed at the present burn. */
  crosses_at_usd: usd.nullable(),
  is: z.enum(["armed", "fired"]).nullable(),
  by: z.enum(["guard", "balance"]).nullable(),
  tripped_at: iso.nullable(),
  meets_at: iso.nullable().describe("When the balance meets it at the present burn."),
});

const budget = z.object({
  name: z.string(),
  limit_usd: usd,
  per: z.enum(["day", "week", "month"]),
  pods: z.array(z.string()).nullable().describe("Globs; null: what the account spends."),
  action: z.enum(["notify", "agent", "stop"]),
  freeze: z.boolean().describe("Once it is used up, pods that start are not left alone."),
  from: iso.nullable().describe("The period; null: it is not counted yet."),
  to: iso.nullable(),
  counted_since: iso.nullable(),
  spent_usd: usd.nullable(),
  is_at_least: z.boolean().describe("Something of it is not known: it is at least so much."),
  estimated_usd: usd.nullable().describe("Of it, what nobody saw."),
  topped_up_usd: usd.nullable().describe("What was paid in meanwhile."),
  burn_per_hr_usd: usd.nullable(),
  reached_at: iso.nullable().describe("At the present burn; null: not in this period, or unknown."),
  tripped_at: iso.nullable(),
  lifted_at: iso.nullable().describe("When a person lifted it."),
  frozen_until: iso.nullable(),
});

const schedule = z.object({
  name: z.string(),
  cron: z.string(),
  timezone: z.string().nullable().describe("null: that of the machine with the guard."),
  pods: z.array(z.string()),
  action: z.enum(["notify", "stop"]),
  next_at: iso.nullable().describe("null: it comes no more, or that is not known."),
  is_next_skipped: z.boolean().nullable().describe("null: what people wish cannot be read."),
  ending: z.array(z.string()).describe("The pods that it is ending now, by id."),
});

export const statusAnswer = z.object({
  at: iso.describe("The server's clock when this was made."),
  version: z.string(),
  is_dry_run: z.boolean(),
  error: z.string().nullable(),
  balance_usd: usd.nullable(),
  burn_per_hr_usd: usd.nullable(),
  hours_left: z.number().nullable().describe("null: unknown, or nothing burns."),
  last_balance: z
    .object({ at: iso, balance_usd: usd, burn_per_hr_usd: usd.nullable() })
    .nullable()
    .describe("The last that was seen, while there is none now."),
  worst_case: z
    .object({ usd: usd.nullable(), until: iso.nullable(), words: z.string() })
    .describe("The most that what runs now can still cost, as its guards stand."),
  pods: z.array(pod).nullable().describe("null: nobody knows of any pods, nor of none."),
  pods_seen_at: iso.nullable(),
  pods_because: z.string().nullable().describe("Why the pods are not of this poll."),
  unreadable_pods: z.number(),
  thresholds: z.array(threshold),
  budgets: z.array(budget),
  schedules: z.array(schedule),
  estimated_balance: z
    .object({
      balance_usd: usd,
      burn_per_hr_usd: usd,
      last_usd: usd,
      last_at: iso.nullable(),
    })
    .nullable()
    .describe("What the balance must be by now, from the last that was seen. Nobody has seen it."),
  poll: z.object({
    interval_seconds: z.number(),
    last_at: iso.nullable().describe("The last poll, whether it saw anything or not."),
    last_good_at: iso.nullable(),
    next_at: iso.nullable(),
    is_late: z.boolean(),
  }),
  unseen: z
    .array(z.object({ what: z.string(), since: iso, because: z.string().nullable() }))
    .describe("What the guard cannot see, and since when."),
  unexplained: z
    .object({ since: iso.nullable(), usd_per_hr: usd.nullable(), words: z.string() })
    .nullable()
    .describe("What burns that no pod explains."),
  next: z
    .array(
      z.object({
        at: iso.nullable().describe("null: at once, or as soon as it can be."),
        guard: z
          .string()
          .describe("A threshold, backstop, budget, schedule, idle, lease, hard_timeout."),
        what: z.string().describe("`stop pod trainer (p1)`."),
        pod_id: z.string().nullable(),
        threshold: z.string().nullable().describe("The threshold that it is about, by its name."),
        is_fixed: z.boolean().describe("false: only if all goes on as now."),
      }),
    )
    .describe("What the guards will do, the next first."),
  guards: z
    .array(z.object({ name: z.string(), is_on: z.boolean(), words: z.string() }))
    .describe("Each guard and what it does."),
  events: z.array(event).describe("The last ones, the newest first."),
  saved: z.object({
    at_most_usd: usd.nullable(),
    unknown: z.number(),
    days: z.number(),
    words: z.string(),
  }),
  operations: z.array(operation).describe("What was asked for of late, the newest first."),
  is_nobody_told: z.boolean(),
  troubles: z.array(z.string()),
});

export type StatusAnswer = z.infer<typeof statusAnswer>;
export type BudgetAnswer = z.infer<typeof budget>;
export type ScheduleAnswer = z.infer<typeof schedule>;
export type PodAnswer = z.infer<typeof pod>;
