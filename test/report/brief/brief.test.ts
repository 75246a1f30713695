import { describe, expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { type BriefSources, briefOf } from "#report/brief/brief.ts";
import { briefJson } from "#report/brief/json.ts";
import { briefLines, briefTitle } from "#report/brief/words.ts";
import { after, cluster, pod, policyWith, seen } from "../../guard/samples.ts";

const hour = 3_600_000;
const nowMs = Date.parse("2026-11-27T09:00:00Z");

function briefWith(given: Partial<BriefSources> = {}) {
  const look = seen({
    atMs: nowMs,
    balanceUsd: 42.1,
    burnPerHrUsd: 1.49,
    pods: [pod({ id: "p1", name: "trainer", costPerHrUsd: 1.49 })],
  });
  const { state } = after([look], given.policy ?? policyWith());
  return briefOf({
    nowMs,
    timeZone: "UTC",
    look,
    policy: policyWith(),
    runs: state.runs,
    book: { leases: {}, touchedAtMs: {} },
    saved: state,
    moments: undefined,
    schedules: [],
    samples: { kind: "read", value: balances() },
    ends: { kind: "read", value: { byGuard: [], others: 0, savedUsd: 0, savedUnknown: 0 } },
    besides: { kind: "read", value: undefined },
    troubles: [],
    ...given,
  });
}

/** One every five minutes since the day before yesterday, $1.49/h. */
function balances() {
  const fromMs = Date.parse("2026-11-25T20:00:00Z");
  const count = Math.floor((nowMs - fromMs) / (hour / 12));
  return Array.from({ length: count + 1 }, (_, n) => ({
    atMs: fromMs + n * (hour / 12),
    balanceUsd: 42.1 + (1.49 * (count - n)) / 12,
    burnPerHrUsd: 1.49,
  }));
}

describe("a brief of budgets and schedules", () => {
  const policy = policyWith({
    budgets: [
      { name: "daily", limitUsd: 20, per: "day", action: "stop", freezes: true },
      {
        name: "team",
        limitUsd: 50,
        per: "month",
        pods: ["team-*"],
        action: "notify",
        freezes: false,
      },
      { name: "new", limitUsd: 5, per: "week", action: "notify", freezes: false },
    ],
  });
  const period = {
    fromMs: Date.parse("2026-11-27T00:00:00Z"),
    toMs: Date.parse("2026-11-28T00:00:00Z"),
    sinceMs: Date.parse("2026-11-27T00:00:00Z"),
  };
  const saved = {
    ...emptyState,
    budgets: {
      daily: [{ ...period, spentUsd: 20.5, trippedAtMs: nowMs - hour }],
      team: [{ ...period, spentUsd: 5 }],
    },
  };
  const evening = { name: "evening", cron: "0 19 * * *", except: [], action: "stop" } as const;
  const schedules = [
    { ...evening, pods: ["dev-*"] },
    { ...evening, name: "never", pods: ["x"] },
  ];
  const nextMs = Date.parse("2026-11-27T19:00:00Z");
  const moments = {
    atMs: nowMs,
    periods: {},
    schedules: { evening: { rule: "0 19 * * *", nextMs } },
  };

  it("says what is spent of each, the nearest first, and when each comes next", () => {
    const brief = briefWith({ policy, saved, schedules, moments });

    expect(briefLines(brief)).toEqual(
      expect.arrayContaining([
        "Budgets: daily $20.50 of $20.00 today (102 %) USED UP and FROZEN, team $5.00 of $50.00 this month (10 %), new is not counted yet",
        "Schedules: 19:00 evening stops dev-*",
      ]),
    );
    expect(briefJson(brief)).toMatchObject({
      budgets: [
        { name: "daily", spent_usd: 20.5, frozen_until: "2026-11-28T00:00:00.000Z" },
        { name: "team", spent_usd: 5, frozen_until: null },
        { name: "new", spent_usd: null, from: null },
      ],
      schedules: [
        { name: "evening", next_at: "2026-11-27T19:00:00.000Z", is_next_skipped: false },
        { name: "never", next_at: null },
      ],
    });
  });

  it("says what a person passes over", () => {
    const book = { leases: {}, touchedAtMs: {}, skippedMs: { evening: nextMs } };

    const brief = briefWith({ policy, saved, schedules, moments, book });

    expect(briefLines(brief)).toContain("Schedules: 19:00 evening is passed over");
    const unread = briefWith({ policy, saved, schedules, moments, book: "unknown" });
    expect(briefLines(unread)).toContain(
      "Schedules: 19:00 evening stops dev-* (it may be passed over, that cannot be read)",
    );
    expect(briefJson(unread)).toMatchObject({ schedules: [{ is_next_skipped: null }, {}] });
  });
});

describe("a brief", () => {
  it("says what was spent, what is left and until when, what ran and what was stopped", () => {
    const brief = briefWith({
      ends: {
        kind: "read",
        value: {
          byGuard: [
            { id: "c3", name: "eval-sweep", reason: "idle_30m" },
            { id: "l1", name: "sdxl", reason: "lease_expired" },
          ],
          others: 1,
          savedUsd: 12.4,
          savedUnknown: 0,
        },
      },
      besides: { kind: "read", value: "network volume data (v1), about $1.40/day" },
    });

    expect([briefTitle(brief), ...briefLines(brief)]).toEqual([
      "Brief of Fri 27 Nov",
      "Spent yesterday (Thu 26 Nov): $35.76; today so far: $13.41",
      "Balance: $42.10, burning $1.49/h",
      "Hours left: 28.3, until about Sat 28 Nov, 13:15",
      "Stopped in the last 24 h: eval-sweep (c3) (idle 30m), sdxl (l1) (lease expired); saved at most about $12.40; 1 ended otherwise",
      "Running: 1 pod, $1.49/h: trainer (p1) $1.49/h",
      "Beside them: network volume data (v1), about $1.40/day",
    ]);
  });

  it("says of what cannot be known that it is unknown, and never that it is nothing", () => {
    const unread = { kind: "unread", because: "permission denied" } as const;
    const brief = briefWith({
      look: undefined,
      samples: unread,
      ends: unread,
      besides: unread,
      saved: { ...emptyState, blind: { sinceMs: nowMs - 2 * hour, lastBalanceUsd: 45.08 } },
    });

    expect(briefLines(brief)).toEqual([
      "Spent yesterday (Thu 26 Nov): unknown (permission denied)",
      "Balance: unknown, blind for 2 h 0 min; it was $45.08",
      "Stopped in the last 24 h: unknown (permission denied)",
      "Running: unknown",
      "Beside them: unknown (permission denied)",
    ]);
    expect(briefJson(brief)).toMatchObject({
      spent_yesterday: null,
      balance_usd: null,
      hours_left: null,
      stopped: null,
      saved_at_most_usd: null,
      running: null,
      besides: null,
      unread: [
        { what: "spent", because: "permission denied" },
        { what: "stopped", because: "permission denied" },
        { what: "besides", because: "permission denied" },
      ],
    });
  });

  it.each<[string, Partial<BriefSources>, string]>([
    [
      "a pod that cannot be stopped",
      {
        saved: {
          ...emptyState,
          owed: [
            {
              kind: "end-pod",
              id: "end",
              because: "",
              tries: 3,
              notBeforeMs: 0,
              threshold: "emergency",
              belowUsd: 1,
              podId: "p1",
              action: "stop",
            },
          ],
        },
      },
      "COULD NOT BE STOPPED so far: trainer (p1), 3 tries",
    ],
    [
      "a part that does not work",
      {
        saved: {
          ...emptyState,
          troubles: { "channel slack": { sinceMs: 0, because: "HTTP 404" } },
        },
      },
      "Trouble: channel slack: HTTP 404",
    ],
    [
      "pods that are not all seen",
      { saved: { ...emptyState, podsBlind: { sinceMs: nowMs - hour } } },
      "Not all pods have been seen for 1 h 0 min",
    ],
    [
      "pods that RunPod does not list",
      { look: seen({ atMs: nowMs, pods: "unknown" }) },
      "Running: unknown",
    ],
    ["no pod", { look: seen({ atMs: nowMs, pods: [], burnPerHrUsd: 0 }) }, "Running: no pod"],
    [
      "that nothing burns",
      { look: seen({ atMs: nowMs, pods: [], burnPerHrUsd: 0 }) },
      "Hours left: unlimited, nothing is burning",
    ],
    [
      "a burn that is unknown",
      { look: seen({ atMs: nowMs, balanceUsd: 3, burnPerHrUsd: undefined }) },
      "Hours left: unknown",
    ],
    [
      "a balance that is used up",
      { look: seen({ atMs: nowMs, balanceUsd: -0.1, burnPerHrUsd: 1 }) },
      "Hours left: none, the balance is used up",
    ],
    [
      "a cost that is unknown",
      {
        look: seen({
          atMs: nowMs,
          pods: [
            pod({ id: "a", name: "", costPerHrUsd: 1 }),
            pod({ id: "b", name: "", costPerHrUsd: undefined }),
          ],
        }),
      },
      "Running: 2 pods, at least $1.00/h: b cost unknown, a $1.00/h",
    ],
    [
      "a cluster as one",
      { look: seen({ atMs: nowMs, pods: [cluster()] }) },
      "Running: 1 cluster, $4.00/h: cluster llama (c1) $4.00/h",
    ],
    [
      "what the guard stopped without a known price",
      {
        ends: {
          kind: "read",
          value: {
            byGuard: [{ id: "c3", name: "x", reason: "backstop" }],
            others: 0,
            savedUsd: 0,
            savedUnknown: 1,
          },
        },
      },
      "Stopped in the last 24 h: x (c3) (backstop); what it saved is unknown",
    ],
  ])("says %s", (_sentence, given, expected) => {
    expect(briefLines(briefWith(given))).toContain(expected);
  });

  it("names the ends that come before the day is over", () => {
    const policy = policyWith({
      podGuards: {
        ...policyWith().podGuards,
        hardTimeout: { action: "stop", pods: ["*"], afterMs: 8 * hour },
      },
    });

    expect(briefLines(briefWith({ policy }))).toContain(
      "Ends to come today: 17:00 trainer (p1) (hard timeout)",
    );
  });

  it("fits a phone, whatever there is to say", () => {
    const many = Array.from({ length: 40 }, (_, n) => pod({ id: `p${n}`, name: "x".repeat(100) }));
    const ended = many.map(({ id, name }) => ({ id, name, reason: "idle_30m" }));
    const brief = briefWith({
      look: seen({ atMs: nowMs, balanceUsd: 1, burnPerHrUsd: 60, pods: many }),
      ends: { kind: "read", value: { byGuard: ended, others: 9, savedUsd: 1, savedUnknown: 2 } },
      besides: { kind: "read", value: "y".repeat(400) },
      saved: { ...emptyState, podsBlind: { sinceMs: 0 } },
      troubles: ["a\nprinted\r\nso", "b", "c", "d"],
    });

    const lines = briefLines(brief);

    expect(lines.length).toBeLessThanOrEqual(12);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(220);
    expect(lines).toContain("Trouble: a printed so");
    expect(lines.at(-1)).toBe("and 2 more troubles: run runpodboss status");
  });

  it("is the same as data", () => {
    expect(briefJson(briefWith())).toEqual({
      at: "2026-11-27T09:00:00.000Z",
      day: "2026-11-27",
      timezone: "UTC",
      spent_yesterday: { usd: 35.76, paid_in_usd: 0, unseen_minutes: 0 },
      spent_today: { usd: 13.41, paid_in_usd: 0, unseen_minutes: 0 },
      balance_usd: 42.1,
      burn_per_hr_usd: 1.49,
      hours_left: 28.255,
      is_burning: true,
      blind_since: null,
      pods_blind_since: null,
      stopped: [],
      ended_otherwise: 0,
      saved_at_most_usd: 0,
      saved_unknown: 0,
      not_stopped: [],
      running: [{ id: "p1", name: "trainer", cost_per_hr_usd: 1.49 }],
      besides: "",
      next_ends: [],
      budgets: [],
      schedules: [],
      troubles: [],
      unread: [],
    });
  });
});
