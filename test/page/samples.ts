import type { EventAnswer } from "#http/contract/history.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type {
  BudgetAnswer,
  ScheduleAnswer,
  PodAnswer,
  StatusAnswer,
} from "#http/contract/status.ts";

/** What all samples are told for, unless they say otherwise. */
export const at = "2026-03-09T02:00:00.000Z";
export const atMs = Date.parse(at);

export function pod(changes: Partial<PodAnswer> = {}): PodAnswer {
  return {
    id: "p1",
    name: "trainer",
    gpu_type: "H100 SXM",
    gpu_count: 1,
    status: "RUNNING",
    is_protected: false,
    kept_from_ending: null,
    guarded_as: "guard",
    started_by: { kind: "elsewhere", agent: null, session: null, host: null },
    cost_per_hr_usd: 2.99,
    uptime_minutes: 190,
    uptime_is_at_least: false,
    idle_minutes: 0,
    ends_by: "lease",
    ends_at: "2026-03-09T04:30:00.000Z",
    minutes_left: 150,
    is_expired: false,
    cost_now_usd: 9.47,
    est_total_usd: 16.94,
    run: "p1@1",
    is_running: true,
    is_idle_watched: true,
    started_words: null,
    end_words: "its lease is over and it is stopped",
    may: ["extend", "touch", "stop", "terminate"],
    may_not: null,
    loses: {
      stop: "What is not on a volume is lost; the volume stays and is billed.",
      terminate: "The pod and all its data are deleted for good.",
    },
    ...changes,
  };
}

export function event(changes: Partial<EventAnswer> = {}): EventAnswer {
  return {
    id: "e1",
    at: "2026-03-09T01:10:00.000Z",
    type: "stop",
    reason: "idle",
    because: "idle for 30 min",
    pod_id: "p7",
    pod_name: "eval-sweep",
    uptime_minutes: 340,
    cost_usd: 8.4,
    ...changes,
  };
}

export function budget(changes: Partial<BudgetAnswer> = {}): BudgetAnswer {
  return {
    name: "daily",
    limit_usd: 20,
    per: "day",
    pods: null,
    action: "stop",
    freeze: true,
    from: "2026-03-09T00:00:00.000Z",
    to: "2026-03-10T00:00:00.000Z",
    counted_since: "2026-03-09T00:00:00.000Z",
    spent_usd: 5,
    is_at_least: false,
    estimated_usd: 0,
    topped_up_usd: 0,
    burn_per_hr_usd: 4.48,
    reached_at: null,
    tripped_at: null,
    lifted_at: null,
    frozen_until: null,
    ...changes,
  };
}

export function schedule(changes: Partial<ScheduleAnswer> = {}): ScheduleAnswer {
  return {
    name: "evening",
    cron: "0 19 * * *",
    timezone: null,
    pods: ["dev-*"],
    action: "stop",
    next_at: "2026-03-09T19:00:00.000Z",
    is_next_skipped: false,
    ending: [],
    ...changes,
  };
}

export function status(changes: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    at,
    version: "0.1.0",
    is_dry_run: false,
    error: null,
    balance_usd: 42.17,
    burn_per_hr_usd: 4.48,
    hours_left: 9.41,
    last_balance: null,
    worst_case: {
      usd: 11.2,
      until: "2026-03-09T04:30:00.000Z",
      words: "if everything runs to its end at 04:30",
    },
    pods: [pod()],
    pods_seen_at: at,
    pods_because: null,
    unreadable_pods: 0,
    budgets: [],
    schedules: [],
    estimated_balance: null,
    thresholds: [
      {
        name: "warning",
        below_usd: 10,
        below_hours: null,
        crosses_at_usd: 10,
        is: "armed",
        by: "guard",
        tripped_at: null,
        meets_at: "2026-03-09T09:11:00.000Z",
      },
      {
        name: "critical",
        below_usd: 2,
        below_hours: null,
        crosses_at_usd: 2,
        is: "armed",
        by: "guard",
        tripped_at: null,
        meets_at: "2026-03-09T10:58:00.000Z",
      },
    ],
    poll: {
      interval_seconds: 60,
      last_at: at,
      last_good_at: at,
      next_at: "2026-03-09T02:01:00.000Z",
      is_late: false,
    },
    unseen: [],
    unexplained: null,
    next: [
      {
        at: "2026-03-09T04:30:00.000Z",
        guard: "lease",
        what: "stop pod trainer (p1)",
        pod_id: "p1",
        threshold: null,
        is_fixed: true,
      },
    ],
    guards: [
      { name: "hard_timeout", is_on: true, words: "stops a pod 12 h after its start" },
      {
        name: "lease",
        is_on: true,
        words: "stops a pod when its lease is over, 4 h unless extended",
      },
      { name: "idle", is_on: true, words: "stops a pod after 30 min of doing nothing" },
    ],
    events: [event()],
    saved: { at_most_usd: 61.4, unknown: 0, days: 7, words: "At most $61.40 saved in 7 days" },
    operations: [],
    is_nobody_told: false,
    troubles: [],
    ...changes,
  };
}

/** As an operation starts. */
export function operation(changes: Partial<OperationAnswer> = {}): OperationAnswer {
  return {
    id: "op-1",
    pod_id: "p1",
    pod_name: "trainer",
    action: "stop",
    asked_at: "2026-03-09T02:00:05.000Z",
    state: "running",
    steps: [],
    words: null,
    ...changes,
  };
}
