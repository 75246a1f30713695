import { describe, expect, it } from "vitest";
import { statusText } from "#commands/status/text.ts";
import type { Notify } from "#guard/model/effect.ts";
import { emptyState } from "#guard/model/state.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import type { PodReport } from "#report/pod.ts";
import { statusJson } from "#report/status/status-json.ts";
import { reportOf, type StatusReport, type StatusSources } from "#report/status/status.ts";
import { blind, cluster, policy, run, seen } from "../../guard/samples.ts";
import { paint } from "./paint.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const nowMs = 1_000 * hourMs;

/** Colours that can be read. */
const running: PodReport = {
  id: "p1",
  name: "trainer",
  gpu: { type: "A100", count: 1 },
  status: "RUNNING",
  isProtected: false,
  heldBy: undefined,
  startedBy: { kind: "elsewhere" },
  guardedAs: "guard",
  costPerHrUsd: 1.5,
  uptimeMs: 135 * minuteMs,
  isAtLeast: false,
  idleMs: 0,
  end: { guard: "lease", action: "stop", atMs: nowMs + 2 * hourMs, leftMs: 2 * hourMs },
  costUsd: 3.375,
  totalUsd: 6,
};

function snapshot(changes: Partial<StatusSources> = {}): StatusSources {
  return {
    settings: { api: "auto", channels: [], schedules: [] },
    policy,
    nowMs,
    look: seen({ atMs: nowMs, balanceUsd: 5, burnPerHrUsd: 2, pods: [] }),
    measured: { kind: "unmeasured", atMs: nowMs, because: "no" },
    saved: emptyState,
    runs: {},
    moments: undefined,
    book: { leases: {}, touchedAtMs: {} },
    guardPid: 123,
    unread: undefined,
    changeOver: undefined,
    troubles: [],
    ...changes,
  };
}

function reportWith(changes: Partial<StatusReport>): StatusReport {
  return { ...reportOf(snapshot(), undefined), ...changes };
}

describe("the row of a pod", () => {
  it.each<[string, Partial<PodReport>, string]>([
    ["tells it all", {}, "p1  trainer  A100  RUNNING  2h 15m  0m  2h 0m lease  $3.38  $6.00"],
    [
      "is yellow under an hour",
      { end: { guard: "lease", action: "stop", atMs: 0, leftMs: hourMs - 1 } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <yellow>59m lease</yellow>  $3.38  $6.00",
    ],
    [
      "is not yellow with an hour to go",
      { end: { guard: "lease", action: "stop", atMs: 0, leftMs: hourMs } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  1h 0m lease  $3.38  $6.00",
    ],
    [
      "does not say 0 while there is time",
      { end: { guard: "lease", action: "stop", atMs: 0, leftMs: 1 } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <yellow><1m lease</yellow>  $3.38  $6.00",
    ],
    [
      "is red at its end",
      { end: { guard: "lease", action: "stop", atMs: 0, leftMs: 0 } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <red>EXPIRED lease</red>  $3.38  $6.00",
    ],
    [
      "marks what is protected",
      { isProtected: true, heldBy: "protected", end: "none", totalUsd: "none" },
      "p1  trainer  A100  RUNNING  2h 15m  0m  protected  $3.38  -",
    ],
    [
      "says why it will end: it is idle",
      { end: { guard: "idle", action: "stop", atMs: 0, leftMs: minuteMs } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <yellow>1m idle</yellow>  $3.38  $6.00",
    ],
    [
      "says why it will end, in two words",
      { end: { guard: "hard_timeout", action: "stop", atMs: 0, leftMs: 56 * minuteMs } },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <yellow>56m hard timeout</yellow>  $3.38  $6.00",
    ],
    [
      "marks what is locked, as nothing will end it",
      { heldBy: "locked", end: "none", totalUsd: "none" },
      "p1  trainer  A100  RUNNING  2h 15m  0m  locked  $3.38  -",
    ],
    [
      "marks what nobody knows whether it may be ended",
      { heldBy: "unknown", end: "none", totalUsd: "none" },
      "p1  trainer  A100  RUNNING  2h 15m  0m  ?  $3.38  -",
    ],
    [
      "marks what no guard ends, as it was started elsewhere",
      { guardedAs: "ignore", end: "none", totalUsd: "none" },
      "p1  trainer  A100  RUNNING  2h 15m  0m  not guarded  $3.38  -",
    ],
    [
      "marks what guards only tell of, as it was started elsewhere",
      { guardedAs: "notify", end: "none", totalUsd: "none" },
      "p1  trainer  A100  RUNNING  2h 15m  0m  only told of  $3.38  -",
    ],
    [
      "says what ends it all the same, though it was started elsewhere",
      {
        guardedAs: "ignore",
        end: { guard: "budget", action: "stop", atMs: 0, leftMs: 56 * minuteMs },
      },
      "p1  trainer  A100  RUNNING  2h 15m  0m  <yellow>56m budget</yellow>  $3.38  $6.00",
    ],
    [
      "marks what is unknown",
      {
        gpu: "unknown",
        status: undefined,
        uptimeMs: "unknown",
        idleMs: "unknown",
        end: "unknown",
        costUsd: "unknown",
        totalUsd: "unknown",
      },
      "p1  trainer  ?  ?  ?  ?  ?  ?  ?",
    ],
    [
      "marks what does not apply",
      {
        gpu: "none",
        status: "EXITED",
        uptimeMs: "none",
        idleMs: "none",
        end: "none",
        costUsd: "none",
        totalUsd: "none",
      },
      "p1  trainer  -  EXITED  -  -  -  -  -",
    ],
    [
      "marks what is at least so much",
      { isAtLeast: true },
      "p1  trainer  A100  RUNNING  >2h 15m  0m  2h 0m lease  >$3.38  >$6.00",
    ],
    [
      "counts the GPUs",
      { gpu: { type: "A100", count: 4 } },
      "p1  trainer  4x A100  RUNNING  2h 15m  0m  2h 0m lease  $3.38  $6.00",
    ],
  ])("%s", (_sentence, changes, row) => {
    const report = reportWith({ pods: [{ ...running, ...changes }] });

    const { pods } = statusText(report, paint, Infinity);

    expect(pods).toHaveLength(2);
    expect(pods[1]?.replaceAll(/ {2,}/g, "  ")).toBe(row);
  });
});

describe("who started the pods", () => {
  const by = { kind: "agent", agent: "claude-code", session: "4f2a91c0", host: "box" } as const;
  const origins: readonly PodReport["startedBy"][] = [
    { kind: "ours", by, isAdopted: false },
    { kind: "ours", by: { kind: "agent", host: "box" }, isAdopted: true },
    { kind: "ours", by: { kind: "person", host: "box" }, isAdopted: false },
    { kind: "ours-elsewhere" },
    { kind: "elsewhere" },
    { kind: "unknown" },
  ];
  const report = reportWith({
    pods: origins.map((startedBy, n) => ({ ...running, id: `p${n}`, startedBy })),
  });

  it("stands in the last column, where one was started with this program", () => {
    const { pods } = statusText(report, paint, Infinity);

    expect(pods.map((line) => line.split(/ {2,}/).at(-1))).toEqual([
      "Started By",
      "claude-code",
      "agent",
      "person",
      "runpodboss elsewhere",
      "elsewhere",
      "?",
    ]);
  });

  it("is the first to be left out where there is no room, and is not told where all are from elsewhere", () => {
    const { pods } = statusText(report, paint, 78);
    const others = { ...report, pods: report.pods?.slice(4) };

    expect(pods.join("\n")).not.toContain("claude-code");
    expect(pods.at(-1)).toContain("Started By");
    expect(statusText(others, paint, Infinity).pods.join("\n")).not.toContain("elsewhere");
  });

  it("stands in --json: what is not known is null", () => {
    const nobody = { agent: null, session: null, host: null };

    expect(statusJson(report, undefined).pods?.map((pod) => pod.started_by)).toEqual([
      by,
      { ...nobody, kind: "agent", host: "box" },
      { ...nobody, kind: "person", host: "box" },
      { ...nobody, kind: "runpodboss-elsewhere" },
      { ...nobody, kind: "elsewhere" },
      { ...nobody, kind: null },
    ]);
  });
});

describe("the footer", () => {
  it.each<[string, Partial<StatusSources>, string]>([
    ["tells the balance", {}, "balance: $5.00"],
    ["tells the burn", {}, "burn: $2.00/h"],
    ["tells the hours", {}, "hours left: 2.5"],
    [
      "does not know the hours without the burn",
      { look: seen({ burnPerHrUsd: undefined }) },
      "hours left: unknown",
    ],
    [
      "judges by the balance before any daemon has",
      {},
      "  warning      $10.00  <red>fired (by the balance; no daemon has polled yet)</red>",
    ],
    [
      "tells what the daemon has judged, whatever the balance is now",
      { saved: { ...emptyState, lookedAtMs: nowMs, fired: { warning: false } } },
      "  warning      $10.00  armed",
    ],
    [
      "tells since when it is fired",
      {
        saved: {
          ...emptyState,
          fired: { warning: true },
          trippedAtMs: { warning: nowMs - 90 * minuteMs },
        },
      },
      "  warning      $10.00  <red>fired 1 h 30 min ago</red>",
    ],
    ["does not judge what nobody has seen", { look: blind() }, "  warning      $10.00  ?"],
    [
      "tells when the daemon looked",
      { saved: { ...emptyState, lookedAtMs: nowMs - 12_000 } },
      "daemon: pid 123, last poll 12 s ago",
    ],
    [
      "tells of a daemon that no longer looks",
      { saved: { ...emptyState, lookedAtMs: nowMs - 20 * minuteMs } },
      "<red>daemon: pid 123, but LAST POLL 20 min ago</red>",
    ],
    ["tells of a daemon that has just begun", {}, "daemon: pid 123, has not polled yet"],
    [
      "tells that there is no daemon",
      { guardPid: undefined, saved: { ...emptyState, lookedAtMs: nowMs - 182 * minuteMs } },
      "<red>daemon: NOT RUNNING, nothing is guarded; last poll 3 h 2 min ago</red>",
    ],
    [
      "tells that there never was one",
      { guardPid: undefined },
      "<red>daemon: NOT RUNNING, nothing is guarded; no poll yet</red>",
    ],
    [
      "tells of troubles in one line",
      { troubles: ["a\n\u001b[2Jb"] },
      "<yellow>trouble: a [2Jb</yellow>",
    ],
  ])("%s", (_sentence, changes, line) => {
    const report = reportOf(snapshot(changes), undefined);

    const { footer } = statusText(report, paint, Infinity);

    expect(footer).toContain(line);
  });

  it.each([
    ["blind", "the account"],
    ["podsBlind", "the pods"],
    ["unmeasured", "the load of the pods"],
  ] as const)("tells since when the daemon is blind: %s", (slot, what) => {
    const saved = { ...emptyState, [slot]: { sinceMs: nowMs - 5 * minuteMs } };

    const { footer } = statusText(reportOf(snapshot({ saved }), undefined), paint, Infinity);

    expect(footer.at(-1)).toMatch(
      new RegExp(`^<red>blind: the daemon has not seen ${what} since [\\d: -]+, 5 min ago</red>$`),
    );
  });
});

describe("pods that are not seen", () => {
  const run = {
    podId: "p1",
    name: "trainer",
    costPerHrUsd: 1.5,
    firstSeenAtMs: 0,
    startedAtMs: nowMs - 3 * hourMs,
    startFrom: "uptime",
    idleMs: 0,
    warnedAtMs: {},
    actedAtMs: {},
  } as const;
  const saved = { ...emptyState, runs: { p1: run }, podsSeenAtMs: nowMs - hourMs };

  it.each<[string, Partial<StatusSources>, readonly RegExp[]]>([
    [
      "are shown as the daemon saw them, at that time",
      { look: blind(), saved, runs: saved.runs },
      [
        /^pods: unknown \(the poll failed\); as the daemon last saw them, 1 h 0 min ago:$/,
        /^ID/,
        /^p1 .* \? +2h 0m /,
      ],
    ],
    [
      "are unknown where no daemon saw any",
      { look: blind() },
      [/^pods: unknown \(the poll failed\)$/],
    ],
    [
      "are unknown beside a balance that is known",
      { look: seen({ pods: "unknown", podsBecause: "the field is gone" }) },
      [/^pods: unknown \(the field is gone\)$/],
    ],
    ["are none only where RunPod says so", { look: seen({ pods: [] }) }, [/^pods: \(none\)$/]],
    [
      "are counted where they cannot be read",
      { look: seen({ pods: [], unreadablePods: 2 }) },
      [/^and 2 that could not be read: check RunPod's console$/],
    ],
  ])("%s", (_sentence, changes, lines) => {
    const { pods } = statusText(reportOf(snapshot(changes), undefined), paint, Infinity);

    expect(pods).toHaveLength(lines.length);
    expect(pods).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  it("have a last balance beside them", () => {
    const last = { atMs: nowMs - 2 * hourMs, balanceUsd: 9, burnPerHrUsd: 1.5 };

    const { footer } = statusText(reportOf(snapshot({ look: blind() }), last), paint, Infinity);

    expect(footer.slice(0, 3)).toEqual([
      "balance: unknown; 2 h 0 min ago it was $9.00, burning $1.50/h",
      "burn: unknown",
      "hours left: unknown",
    ]);
  });
});

describe("as JSON", () => {
  it("what is unknown is null", () => {
    const json = statusJson(
      reportOf(snapshot({ look: blind(), guardPid: undefined }), undefined),
      undefined,
    );

    expect(json).toMatchObject({
      balance_usd: null,
      burn_per_hr_usd: null,
      hours_left: null,
      last_balance: null,
      pods: null,
      pods_seen_at: null,
      thresholds: [{ is: null }, { is: null }, { is: null }],
      daemon: { is_running: false, pid: null, looked_at: null, is_late: false, unseen: [] },
    });
  });

  it.each<[string, Partial<PodReport>, object]>([
    [
      "an end to come",
      {},
      {
        uptime_minutes: 135,
        ends_by: "lease",
        minutes_left: 120,
        is_expired: false,
        est_total_usd: 6,
      },
    ],
    [
      "a past end",
      { end: { guard: "hard_timeout", action: "stop", atMs: nowMs - minuteMs, leftMs: -minuteMs } },
      { ends_by: "hard_timeout", minutes_left: -1, is_expired: true },
    ],
    [
      "no end",
      { end: "none", totalUsd: "none" },
      { ends_by: "none", is_expired: false, est_total_usd: null },
    ],
    [
      "an unknown one",
      { end: "unknown", uptimeMs: "unknown" },
      { ends_by: null, is_expired: null, minutes_left: null, uptime_minutes: null },
    ],
  ])("%s", (_sentence, changes, found) => {
    const report = reportWith({ pods: [{ ...running, ...changes }] });

    expect(statusJson(report, undefined)).toMatchObject({ pods: [found] });
  });
});

describe("a cluster", () => {
  const member = (n: number) => ({
    id: `m${n}`,
    name: `node-${n}`,
    status: "running" as const,
    word: n === 0 ? undefined : "RUNNING",
    costPerHrUsd: n === 0 ? undefined : 2,
  });
  const withCluster = (count: number) => {
    const members = Array.from({ length: count }, (_, n) => member(n));
    const row = cluster({ cluster: { members } });
    return reportOf(
      snapshot({ look: seen({ atMs: nowMs, balanceUsd: 5, burnPerHrUsd: 4, pods: [row] }) }),
      undefined,
    );
  };

  it("is shown with the pods in it, and what each costs", () => {
    expect(statusText(withCluster(2), paint, 120).pods.slice(-3)).toEqual([
      "cluster llama (c1), 2 pods, $4.00/h, ended only as a whole:",
      "  m0  node-0  running  cost unknown",
      "  m1  node-1  RUNNING  $2.00/h",
    ]);
  });

  it.each([40, 80, 200])("of 250 pods fits %d columns", (columns) => {
    const { pods } = statusText(withCluster(250), paint, columns);

    expect(pods.at(-1)).toBe("  and 240 more, see --json");
    expect(pods.filter((line) => line.includes("node-"))).toHaveLength(10);
  });

  it("has its pods in the JSON", () => {
    expect(statusJson(withCluster(2), undefined)).toMatchObject({
      pods: [
        {
          id: "c1",
          cluster: {
            pods: [
              { id: "m0", name: "node-0", status: null, cost_per_hr_usd: null },
              { id: "m1", name: "node-1", status: "RUNNING", cost_per_hr_usd: 2 },
            ],
          },
        },
      ],
    });
  });

  it("that only the daemon has seen is one whose pods are unknown", () => {
    const runs = { c1: { ...run({ podId: "c1", name: "llama" }), isCluster: true } };
    const report = reportOf(
      snapshot({ look: blind(nowMs), saved: { ...emptyState, runs, podsSeenAtMs: nowMs } }),
      undefined,
    );

    expect(statusJson(report, undefined)).toMatchObject({ pods: [{ cluster: { pods: null } }] });
    expect(statusText(report, paint, 120).pods.join("\n")).not.toContain("ended only as a whole");
  });
});

describe("the channels", () => {
  const always = { fromMinute: 0, toMinute: 1_439, timeZone: "UTC" };
  const ntfy: ChannelSettings = {
    type: "ntfy",
    url: "https://ntfy.example/t",
    name: "ntfy",
    minSeverity: "info",
    quietHours: always,
    timeLimitMs: 30_000,
  };
  const notice = (id: string, changes: Partial<Notify> = {}): Notify => ({
    kind: "notify",
    id,
    channel: "ntfy",
    event: "idle",
    name: "idle",
    because: "pod t1 was stopped",
    severity: "warning",
    tries: 0,
    notBeforeMs: nowMs,
    ...changes,
  });
  const withOwed = (owed: readonly Notify[], channels: readonly ChannelSettings[] = [ntfy]) =>
    reportOf(
      snapshot({
        settings: { api: "auto", channels, schedules: [] },
        saved: { ...emptyState, owed },
      }),
      undefined,
      ["slack"],
    );

  it("in their quiet hours say how much waits on purpose, and until when", () => {
    const report = withOwed([
      notice("a"),
      notice("b", { severity: "info" }),
      notice("c", { severity: "critical" }),
      notice("d", { channel: "slack" }),
    ]);

    expect(statusText(report, paint, Infinity).footer).toContain(
      "notifications: 2 wait until 23:59 (UTC) for ntfy, which is in its quiet hours",
    );
    expect(statusJson(report, undefined)).toMatchObject({
      held_notifications: [{ channel: "ntfy", count: 2, until: "23:59 (UTC)" }],
    });
  });

  it.each([
    ["nothing waits", [], [ntfy]],
    ["it is not quiet", [notice("a")], [{ ...ntfy, quietHours: undefined }]],
  ])("say nothing of it while %s", (_, owed, channels) => {
    expect(withOwed(owed, channels).held).toEqual([]);
  });

  it("through which no test ever came are named, with what to do", () => {
    const report = {
      ...withOwed([], [ntfy, { ...ntfy, name: "slack" }]),
      command: "runpodboss -c other.json",
    };

    expect(statusText(report, paint, Infinity).footer).toContain(
      "<yellow>channels never tested: slack; test them: runpodboss -c other.json notify test slack</yellow>",
    );
    expect(statusJson(report, undefined)).toMatchObject({
      channels: [
        { name: "ntfy", is_tested: true },
        { name: "slack", is_tested: false },
      ],
    });
  });
});
