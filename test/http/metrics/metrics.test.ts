import { describe, expect, it } from "vitest";
import type { Effect, Outcome } from "#guard/model/effect.ts";
import { mostPods } from "#http/metrics/pod-gauges.ts";
import { hourMs, minuteMs, pod, policyWith, seen } from "../../guard/samples.ts";
import { guarded, namesOf, seriesOf } from "./guarded.ts";

const money = [
  "runpodboss_balance_usd",
  "runpodboss_burn_usd_per_hour",
  "runpodboss_time_left_seconds",
  "runpodboss_unexplained_burn_usd_per_hour",
];

describe("what is known", () => {
  it("the money, as the last poll showed it", async () => {
    const { poll, page } = guarded(policyWith());
    poll({ balanceUsd: 9, burnPerHrUsd: 4.5, pods: [pod({ costPerHrUsd: 1.5 })] });

    expect(seriesOf(await page())).toMatchObject({
      runpodboss_balance_usd: "9",
      runpodboss_burn_usd_per_hour: "4.5",
      runpodboss_time_left_seconds: "7200",
      runpodboss_unexplained_burn_usd_per_hour: "3",
      'runpodboss_threshold_below_usd{threshold="warning"}': "10",
      'runpodboss_threshold_fired{threshold="warning"}': "1",
      'runpodboss_threshold_fired{threshold="critical"}': "0",
      'runpodboss_threshold_crossings_total{threshold="warning"}': "1",
      'runpodboss_pending_effects{kind="call-agent"}': "1",
    });
  });

  it("nothing unexplained where sums differ by what numbers cannot hold", async () => {
    const { poll, page } = guarded(policyWith());
    const pods = ["a", "b", "c"].map((id) => pod({ id, costPerHrUsd: 0.1 }));
    poll({ burnPerHrUsd: 0.3, pods });

    expect(seriesOf(await page())).toMatchObject({ runpodboss_unexplained_burn_usd_per_hour: "0" });
  });

  it("a balance that lasts for ever, as nothing burns", async () => {
    const { poll, page } = guarded();
    poll({ burnPerHrUsd: 0, pods: [] });

    expect(seriesOf(await page())["runpodboss_time_left_seconds"]).toBe("+Inf");
  });

  it("each pod: what it costs, and for how long it runs", async () => {
    const { poll, page, clock } = guarded();
    for (let minute = 0; minute <= 30; minute += 1) {
      await clock.advanceTo(1_700_000_000_000 + minute * minuteMs);
      poll({ pods: [pod()] });
    }

    const series = seriesOf(await page());

    const of = '{pod_id="p1",pod_name="trainer"}';
    expect(series[`runpodboss_pod_uptime_seconds${of}`]).toBe(String(30 * 60 + 1));
    expect(series[`runpodboss_pod_burn_usd_per_hour${of}`]).toBe("1.49");
    expect(Number(series[`runpodboss_pod_cost_usd${of}`])).toBeCloseTo(0.745, 2);
  });

  it("the next end, and whose it is", async () => {
    const { inForce, poll, page, clock } = guarded();
    inForce.policy = policyWith({
      thresholds: [],
      podGuards: {
        ...policyWith().podGuards,
        hardTimeout: { action: "stop", pods: ["*"], afterMs: 8 * hourMs },
      },
    });
    await clock.advanceTo(1_700_000_000_000);
    poll({ pods: [pod(), pod({ id: "p2", name: "keep", isLocked: true })] });

    const series = seriesOf(await page());

    const atSeconds = String(1_700_000_000 + 8 * 3_600);
    expect(series["runpodboss_next_end_timestamp_seconds"]).toBe(atSeconds);
    expect(
      series[
        'runpodboss_pod_end_timestamp_seconds{pod_id="p1",pod_name="trainer",by="hard_timeout"}'
      ],
    ).toBe(atSeconds);
    expect(Object.keys(series).filter((name) => name.includes('"locked"'))).toHaveLength(1);
    expect(
      Object.keys(series).filter((name) => name.startsWith("runpodboss_pod_end_timestamp")),
    ).toHaveLength(1);
  });

  it("budgets: what is spent, and none of it before it is counted", async () => {
    const { inForce, poll, page, take, clock } = guarded();
    const daily = { name: "daily", limitUsd: 20, per: "day", action: "notify" } as const;
    inForce.policy = policyWith({ budgets: [{ ...daily, freezes: true }] });
    await clock.advanceTo(1_700_000_000_000);
    poll({ balanceUsd: 90 });
    expect(Object.keys(seriesOf(await page())).filter((name) => /_spent_/.test(name))).toEqual([]);
    const fromMs = 1_700_000_000_000;
    const periods = { daily: { fromMs, toMs: fromMs + 24 * hourMs } };
    take({ kind: "moments", moments: { atMs: fromMs, periods, schedules: {} } });
    poll({ balanceUsd: 90 });
    await clock.advanceTo(fromMs + 2 * minuteMs);
    poll({ balanceUsd: 69 });

    expect(seriesOf(await page())).toMatchObject({
      'runpodboss_budget_limit_usd{budget="daily"}': "20",
      'runpodboss_budget_spent_usd{budget="daily"}': "21",
      'runpodboss_budget_used_up{budget="daily"}': "1",
      'runpodboss_budget_frozen{budget="daily"}': "1",
      'runpodboss_budget_period_end_timestamp_seconds{budget="daily"}': String(
        (fromMs + 24 * hourMs) / 1_000,
      ),
    });
  });

  it("pods by state, and those that protect keeps", async () => {
    const { poll, page } = guarded(policyWith({ protect: ["keep-*"] }));
    poll({
      pods: [
        pod(),
        pod({ id: "p2", name: "keep-me" }),
        pod({ id: "p3", status: "stopped" }),
        pod({ id: "p4", status: "unknown" }),
      ],
    });

    expect(seriesOf(await page())).toMatchObject({
      'runpodboss_pods{state="running",is_protected="false"}': "1",
      'runpodboss_pods{state="running",is_protected="true"}': "1",
      'runpodboss_pods{state="stopped",is_protected="false"}': "1",
      'runpodboss_pods{state="unknown",is_protected="false"}': "1",
      'runpodboss_pods{state="gone",is_protected="false"}': "0",
    });
  });
});

describe("what is unknown is no series, and never 0", () => {
  it("before the first poll: no money, no pods, and unhealthy", async () => {
    const series = seriesOf(await guarded().page());

    expect(money.filter((name) => name in series)).toEqual([]);
    expect(Object.keys(series).filter((name) => /^runpodboss_pods?[_{]/.test(name))).toEqual([]);
    expect(series).toMatchObject({
      runpodboss_healthy: "0",
      'runpodboss_unseen{what="account"}': "1",
      'runpodboss_unseen{what="pods"}': "1",
    });
    expect(series).not.toHaveProperty("runpodboss_last_good_poll_age_seconds");
  });

  it("after a poll that failed: the balance of before is not the balance", async () => {
    const { poll, page } = guarded();
    poll({ balanceUsd: 9 });
    poll("blind");

    const series = seriesOf(await page());

    expect(money.filter((name) => name in series)).toEqual([]);
    expect(series['runpodboss_unseen{what="account"}']).toBe("1");
    expect(series["runpodboss_last_good_poll_age_seconds"]).toBe("1");
  });

  it("when no poll comes any more, not even one that fails", async () => {
    const { poll, page, clock } = guarded();
    poll({ balanceUsd: 9 });
    await clock.advanceTo(3 * minuteMs);

    const series = seriesOf(await page());

    expect(money.filter((name) => name in series)).toEqual([]);
    expect(series["runpodboss_healthy"]).toBe("0");
    await clock.advanceTo(6 * minuteMs);
    expect(seriesOf(await page())["runpodboss_blind"]).toBe("1");
  });

  it("a burn that RunPod does not tell leaves the runway unknown", async () => {
    const { poll, page } = guarded();
    poll({ burnPerHrUsd: undefined });

    const series = seriesOf(await page());

    expect(money.filter((name) => name in series)).toEqual(["runpodboss_balance_usd"]);
  });

  it("a burn of pods alone says nothing of what no pod explains, nor that nothing burns", async () => {
    const { poll, page } = guarded();
    poll({ burnPerHrUsd: 0, isBurnAddedUp: true, pods: [] });

    const series = seriesOf(await page());

    expect(money.filter((name) => name in series)).toEqual([
      "runpodboss_balance_usd",
      "runpodboss_burn_usd_per_hour",
    ]);
    expect(series["runpodboss_burn_is_of_pods"]).toBe("1");
  });

  it("pods that RunPod has not listed are not none", async () => {
    const { poll, page } = guarded();
    poll({ pods: "unknown" });

    const series = seriesOf(await page());

    expect(Object.keys(series).filter((name) => /^runpodboss_pods?[_{]/.test(name))).toEqual([]);
    expect(series).toMatchObject({
      'runpodboss_unseen{what="pods"}': "1",
      'runpodboss_unseen{what="account"}': "0",
    });
  });

  it("a pod whose price is unknown costs nobody knows what", async () => {
    const { poll, page } = guarded();
    poll({ pods: [pod({ costPerHrUsd: undefined })] });

    const names = Object.keys(seriesOf(await page()));

    expect(names.filter((name) => /^runpodboss_pod_(burn|cost)/.test(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith("runpodboss_pod_uptime"))).toHaveLength(1);
  });

  it("a threshold on which nothing was decided yet is neither armed nor fired", async () => {
    const series = seriesOf(await guarded(policyWith()).page());

    expect(Object.keys(series).filter((name) => name.includes("threshold_fired"))).toEqual([]);
  });
});

describe("what is counted", () => {
  it("many polls, good, partial and failed, and why", async () => {
    const { metrics, poll, page } = guarded();
    for (let n = 0; n < 1_000; n += 1) {
      poll(n % 10 === 0 ? "blind" : n % 10 === 1 ? { pods: "unknown" } : {});
      metrics.shown.polled(seen(), 300);
    }

    expect(seriesOf(await page())).toMatchObject({
      'runpodboss_polls_total{result="good"}': "800",
      'runpodboss_polls_total{result="partial"}': "100",
      'runpodboss_polls_total{result="failed"}': "100",
      'runpodboss_poll_failures_total{cause="unreachable"}': "100",
      'runpodboss_poll_failures_total{cause="key-refused"}': "0",
      'runpodboss_poll_duration_seconds_bucket{le="0.25"}': "0",
      'runpodboss_poll_duration_seconds_bucket{le="0.5"}': "1000",
      runpodboss_poll_duration_seconds_count: "1000",
    });
  });

  it("effects and notifications by how they went, and each channel's by its name", async () => {
    const { metrics, page } = guarded();
    const notice = { kind: "notify", id: "1", channel: "phone" } as unknown as Effect;
    const end = { kind: "end-run", id: "2" } as unknown as Effect;
    const outcome = (kind: Outcome["kind"]): Outcome => ({ kind, because: "", tail: "" });

    metrics.shown.settled(notice, outcome("failed"));
    metrics.shown.settled(notice, outcome("done"));
    metrics.shown.settled({ ...notice, channel: undefined } as Effect, outcome("done"));
    metrics.shown.settled(end, outcome("done"));

    expect(seriesOf(await page())).toMatchObject({
      'runpodboss_effects_total{kind="notify",outcome="done"}': "2",
      'runpodboss_effects_total{kind="notify",outcome="failed"}': "1",
      'runpodboss_effects_total{kind="end-run",outcome="done"}': "1",
      'runpodboss_notifications_total{channel="phone",outcome="failed"}': "1",
      'runpodboss_notifications_total{channel="command",outcome="done"}': "1",
    });
  });

  it("the end of a run, by what brought it about", async () => {
    const { poll, page, clock } = guarded();
    poll({ pods: [pod()] });
    await clock.advanceTo(minuteMs);
    poll({ pods: [pod({ status: "stopped" })] });
    await clock.advanceTo(2 * minuteMs);
    poll({ pods: [pod({ status: "stopped" })] });

    expect(seriesOf(await page())['runpodboss_runs_ended_total{reason="ended_elsewhere"}']).toBe(
      "1",
    );
  });

  it("a reload keeps all counts, and shows new channels and thresholds from 0", async () => {
    const { inForce, poll, reload, page, metrics } = guarded(policyWith());
    poll({});
    inForce.policy = policyWith({
      thresholds: [{ name: "low", belowUsd: 5, answers: [], backstop: undefined }],
      channels: [{ name: "phone", minSeverity: "info" }],
    });

    reload(30_000);
    metrics.shown.reloaded(undefined);
    metrics.shown.reloaded("thresholds[1].below_usd: must be greater than 0 (got -1)");

    const series = seriesOf(await page());
    expect(series).toMatchObject({
      'runpodboss_polls_total{result="good"}': "1",
      runpodboss_poll_interval_seconds: "30",
      'runpodboss_threshold_crossings_total{threshold="low"}': "0",
      'runpodboss_threshold_below_usd{threshold="low"}': "5",
      'runpodboss_notifications_total{channel="phone",outcome="failed"}': "0",
      'runpodboss_config_reloads_total{result="done"}': "1",
      'runpodboss_config_reloads_total{result="refused"}': "1",
    });
    expect(series).not.toHaveProperty('runpodboss_threshold_below_usd{threshold="warning"}');
  });

  it("requests by what they ask for, wrong tokens, and the streams that are open", async () => {
    const { metrics, page } = guarded();
    metrics.counts.answered("/api/pods/p1/stop", 200);
    metrics.counts.answered("/api/pods/p2/stop", 200);
    metrics.counts.answered("/robots.txt", 401);
    metrics.counts.wrongToken();
    const ended = metrics.counts.streamBegan();
    metrics.counts.streamBegan();
    ended();
    ended();

    expect(seriesOf(await page())).toMatchObject({
      'runpodboss_http_requests_total{route="/api/pods/:id/stop",code="200"}': "2",
      'runpodboss_http_requests_total{route="other",code="401"}': "1",
      runpodboss_http_wrong_tokens_total: "1",
      runpodboss_http_streams_begun_total: "2",
      runpodboss_http_streams_open: "1",
    });
  });
});

describe("what would grow without an end", () => {
  it("endless pods: only so many have series of their own, those that run first, and the rest is counted", async () => {
    const { poll, page } = guarded();
    const stopped = Array.from({ length: 300 }, (_each, n) =>
      pod({ id: `s${n}`, name: `s${n}`, status: "stopped" }),
    );
    const running = Array.from({ length: 150 }, (_each, n) => pod({ id: `r${n}`, name: `r${n}` }));
    poll({ pods: [...stopped, ...running] });

    const series = seriesOf(await page());

    const info = Object.keys(series).filter((name) => name.startsWith("runpodboss_pod_info"));
    expect(info).toHaveLength(mostPods);
    expect(info.filter((name) => name.includes('state="running"'))).toHaveLength(150);
    expect(series["runpodboss_pods_left_out"]).toBe("250");
    expect(series['runpodboss_pods{state="stopped",is_protected="false"}']).toBe("300");
  });

  it("new pods, channels and paths for ever leave the page as long as it was", async () => {
    const { poll, page, metrics, clock } = guarded();
    const lengths: number[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const digits = String(n).padStart(6, "0");
      metrics.counts.answered(`/${digits}`, 404);
      metrics.shown.settled(
        { kind: "notify", id: digits, channel: `c${digits}` } as unknown as Effect,
        { kind: "done", because: "", tail: "" },
      );
      await clock.advanceTo(n * 20_000);
      poll({ pods: [pod({ id: `p${digits}`, name: `n${digits}` })] });
      if (n % 200 === 199) lengths.push((await page()).split("\n").length);
    }

    expect(new Set(lengths).size).toBe(1);
  });

  it("whoever asks a hundred times a second gets the same page", async () => {
    const { poll, page, metrics, clock } = guarded();
    poll({ balanceUsd: 50 });
    const first = await page();
    poll({ balanceUsd: 40 });

    expect(metrics.page()).toBe(first);
    await clock.advanceTo(clock.nowMs() + 1_000);
    expect(seriesOf(metrics.page())["runpodboss_balance_usd"]).toBe("40");
  });
});

it("no secret is on the page, be it in the name of a pod", async () => {
  const { poll, page } = guarded();
  poll({ pods: [pod({ name: "job-hunter2hunter2" })] });

  const text = await page();

  expect(text).not.toContain("hunter2");
  expect(text).toContain('pod_name="job-[redacted]"');
});

it("every metric is there once, with its own name and what it means", async () => {
  const { poll, page } = guarded(policyWith());
  poll({});

  const text = await page();

  const names = namesOf(text);
  expect(new Set(names).size).toBe(names.length);
  expect(text.match(/^# HELP/gm)).toHaveLength(names.length);
  expect(names.filter((name) => !/^(runpodboss|process|nodejs)_[a-z_]+$/.test(name))).toEqual([]);
});
