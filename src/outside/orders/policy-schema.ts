import * as z from "zod";
import { eventNames, severities } from "#guard/model/effect.ts";
import { type Policy, reminds } from "#guard/model/policy.ts";

const ms = z.number().nonnegative();
const globs = z.array(z.string()).readonly();
const repeats = { remind: z.enum(reminds).optional(), tellsResolved: z.boolean().optional() };
const line = { belowUsd: z.number().optional(), belowHours: z.number().optional() };

/** Either drops what it does not know, or refuses it. */
type MakeObject = typeof z.object | typeof z.strictObject;

function policyWith(object: MakeObject) {
  const endAction = z.enum(["stop", "terminate"]);
  const guardAction = z.enum(["notify", "agent", "stop", "terminate"]);

  const threshold = object({
    name: z.string(),
    ...line,
    ...repeats,
    answers: z.array(z.enum(["notify", "call-agent"])).readonly(),
    backstop: object({ action: endAction, afterMs: ms }).optional(),
  });

  const podGuard = {
    ...repeats,
    action: guardAction,
    pods: globs,
    clusters: globs.optional(),
  };

  const schedule = object({
    name: z.string(),
    action: z.enum(["notify", "stop"]),
    pods: globs,
  });

  const podGuards = object({
    hardTimeout: object({ ...podGuard, afterMs: ms }).optional(),
    lease: object({ ...podGuard, defaultMs: ms.optional(), maxMs: ms }).optional(),
    idle: object({
      ...podGuard,
      afterMs: ms,
      gpuPercent: z.number(),
      cpuPercent: z.number(),
      gpuMemoryPercent: z.number(),
      bootGraceMs: ms,
      hasProbes: z.boolean(),
    }).optional(),
    schedules: z.array(schedule).readonly().optional(),
    stopped: object({
      ...repeats,
      afterMs: ms,
      action: z.enum(["notify", "terminate"]),
      losesData: z.boolean(),
      pods: globs,
    }).optional(),
    foreign: z.enum(["notify", "ignore"]).optional(),
    warnMs: ms,
    maxEndsPerHour: z.number().nonnegative(),
    gapMs: ms,
    command: z.string(),
  });

  const budget = object({
    name: z.string(),
    limitUsd: z.number(),
    per: z.enum(["day", "week", "month"]),
    pods: globs.optional(),
    action: z.enum(["notify", "agent", "stop"]),
    freezes: z.boolean(),
    ...repeats,
  });

  const retry = object({ firstMs: ms, mostMs: ms });

  return object({
    thresholds: z.array(threshold).readonly(),
    tells: z.boolean(),
    channels: z
      .array(
        object({
          name: z.string(),
          events: z.array(z.enum(eventNames)).readonly().optional(),
          minSeverity: z.enum(severities),
        }),
      )
      .readonly(),
    protect: globs,
    blindAfterMs: ms,
    agentAttempts: z.number(),
    endRetry: retry,
    noticeRetry: retry,
    podGuards,
    budgets: z.array(budget).readonly().optional(),
    tripsOnEstimate: z.boolean().optional(),
  });
}

const sent = policyWith(z.object);
const received = policyWith(z.strictObject);

/** What of a policy a guard elsewhere can go by: without what only this machine can run. */
export function sendable(policy: Policy): unknown {
  return sent.parse(policy);
}

/**
 * The policy that a machine has sent. Undefined where any part of it is not known here: it may be a prohibition,
 * so that nothing is done by the rest.
 */
export function readPolicy(found: unknown): Policy | undefined {
  const { data } = received.safeParse(found);
  // What is not given is as good as undefined.
  return data as Policy | undefined;
}
