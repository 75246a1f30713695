import * as z from "zod";
import type { CalendarRules } from "#calendar/calendar.ts";
import type { Policy } from "#guard/model/policy.ts";
import { minuteMs } from "#guard/model/time.ts";
import { readPolicy } from "./policy-schema.ts";

/** What a machine has its guard elsewhere go by, in words that hold no secret. */
export interface Orders {
  readonly policy: Policy;
  readonly calendar: CalendarRules;
  /** Whether something must be run on the machine before a guard stops a pod, and whether that must have worked. */
  readonly beforeStop: "none" | "wished" | "must";
  /** Nothing is ended, and nobody is told. */
  readonly isDry: boolean;
}

const rules = z.strictObject({
  budgets: z.array(
    z.strictObject({
      name: z.string(),
      per: z.enum(["day", "week", "month"]),
      timeZone: z.string(),
    }),
  ),
  schedules: z.array(
    z.strictObject({
      name: z.string(),
      cron: z.string(),
      except: z.array(z.string()),
      timeZone: z.string(),
    }),
  ),
});

const orders = z.strictObject({
  policy: z.unknown(),
  calendar: rules,
  beforeStop: z.enum(["none", "wished", "must"]),
  isDry: z.boolean(),
});

/** Undefined where a part of them is not known here, as another version has written them. */
export function readOrders(found: unknown): Orders | undefined {
  const { data } = orders.safeParse(found);
  const policy = data && readPolicy(data.policy);
  return data && policy && { ...data, policy };
}

/** What is gone by where no orders can be read: people are told of what is always told. */
export const noOrders: Orders = {
  policy: {
    thresholds: [],
    tells: false,
    channels: [],
    protect: ["*"],
    blindAfterMs: 5 * minuteMs,
    agentAttempts: 1,
    endRetry: { firstMs: minuteMs, mostMs: minuteMs },
    noticeRetry: { firstMs: minuteMs, mostMs: 15 * minuteMs },
    podGuards: { warnMs: 0, maxEndsPerHour: 0, gapMs: 3 * minuteMs, command: "runpodboss" },
  },
  calendar: { budgets: [], schedules: [] },
  beforeStop: "none",
  isDry: false,
};
