import { describe, expect, it } from "vitest";
import { statusAnswer, type StatusAnswer } from "#http/contract/status.ts";
import {
  at,
  blind,
  cluster,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
} from "../../guard/samples.ts";
import { type Viewed, viewed } from "./viewed.ts";

async function asked({ app }: Pick<Viewed, "app">): Promise<StatusAnswer> {
  const answer = await app.request("/api/status");

  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  return statusAnswer.parse(await answer.json());
}

const all = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });

describe("the status", () => {
  it("is unknown, and no empty table, before the first poll", async () => {
    const status = await asked(await viewed());

    expect(status).toMatchObject({
      error: "The daemon has not polled yet.",
      balance_usd: null,
      burn_per_hr_usd: null,
      hours_left: null,
      pods: null,
      pods_because: "the daemon has not polled yet",
      worst_case: { usd: null, until: null, words: "Unknown: the account is not seen" },
    });
    expect(status.unexplained?.usd_per_hr).toBeNull();
  });

  it("has the balance, the pods and their ends after a poll", async () => {
    const guard = await viewed({ policy: all });
    guard.poll({ balanceUsd: 10, burnPerHrUsd: 1.49 });

    const status = await asked(guard);

    expect(status).toMatchObject({ error: null, balance_usd: 10, burn_per_hr_usd: 1.49 });
    expect(status.hours_left).toBeCloseTo(6.71, 2);
    expect(status.pods).toMatchObject([
      {
        id: "p1",
        is_running: true,
        ends_by: "lease",
        end_words: "stopped at the end of its lease",
        may: ["extend", "touch", "stop", "terminate"],
        may_not: null,
        run: guard.state().runs["p1"]?.firstSeenAtMs.toString(36),
      },
    ]);
    expect(status.poll.last_good_at).toBe(new Date(at(0)).toISOString());
    expect(status.pods_seen_at).toBe(status.poll.last_good_at);
  });

  it("keeps what was last known while it is blind, and says that it is not of now", async () => {
    const guard = await viewed();
    guard.poll({ balanceUsd: 10 });
    await guard.clock.advanceTo(at(1));
    guard.poll(blind(at(1)));

    const status = await asked(guard);

    expect(status.error).toContain("connection refused");
    expect(status).toMatchObject({
      balance_usd: null,
      pods: [{ id: "p1", is_running: null, status: null }],
      pods_because: "connection refused",
      pods_seen_at: new Date(at(0)).toISOString(),
      unseen: [{ what: "the account", because: "connection refused" }],
    });
  });

  it("ends nothing while it is blind that was locked when it was last seen", async () => {
    const guard = await viewed({ policy: all });
    guard.poll({ pods: [pod(), pod({ id: "l1", name: "db", isLocked: true })] });
    await guard.clock.advanceTo(at(1));
    guard.poll(blind(at(1)));

    const { pods, next } = await asked(guard);

    expect(pods?.map(({ id, end_words }) => [id, end_words])).toEqual([
      ["p1", "stopped at the end of its lease"],
      ["l1", "nothing ends it: it is locked"],
    ]);
    expect(next.filter(({ pod_id: id }) => id === "l1")).toEqual([]);
    expect(next.filter(({ pod_id: id }) => id === "p1")).not.toEqual([]);
  });

  it("still has what can be asked for while RunPod does not list the pods", async () => {
    const guard = await viewed({ policy: all });
    guard.poll();
    await guard.clock.advanceTo(at(1));
    guard.poll({ pods: "unknown", podsBecause: "HTTP 500" });

    const { pods } = await asked(guard);

    expect(pods).toMatchObject([
      { id: "p1", is_running: null, may: ["extend", "touch", "stop", "terminate"], may_not: null },
    ]);
  });

  it("tells idleness that is unknown from that which nobody watches", async () => {
    const podGuards = { idle: { ...idleGuard, pods: ["train*"] } };
    const guard = await viewed({ policy: guarding(podGuards, { protect: ["trainer-2"] }) });
    const others = [pod({ id: "p2", name: "trainer-2" }), pod({ id: "p3", name: "web" })];
    guard.poll({ pods: [pod(), ...others] });

    const { pods } = await asked(guard);

    expect(
      pods?.map(({ id, idle_minutes, is_idle_watched }) => [id, idle_minutes, is_idle_watched]),
    ).toEqual([
      ["p1", null, true],
      ["p2", null, false],
      ["p3", null, false],
    ]);
  });

  it("is unknown when the daemon has not polled for long, whatever the last poll showed", async () => {
    const guard = await viewed();
    guard.poll({ balanceUsd: 10 });
    await guard.clock.advanceTo(at(20));

    const status = await asked(guard);

    expect(status).toMatchObject({
      error: "The daemon last polled 20 min ago.",
      balance_usd: null,
      poll: { is_late: true, last_at: new Date(at(0)).toISOString() },
    });
  });

  it("is no empty table when there were no pods a while ago and none are listed now", async () => {
    const guard = await viewed();
    guard.poll({ pods: [], burnPerHrUsd: 0 });
    await guard.clock.advanceTo(at(1));
    guard.poll({ pods: "unknown", podsBecause: "HTTP 500" });

    const status = await asked(guard);

    expect(status).toMatchObject({ pods: null, pods_because: "HTTP 500", error: null });
  });

  it("shows the pods as soon as they are seen again", async () => {
    const guard = await viewed();
    guard.poll(blind(at(0)));
    expect((await asked(guard)).pods).toBeNull();
    await guard.clock.advanceTo(at(1));

    guard.poll();

    expect((await asked(guard)).pods).toHaveLength(1);
  });

  it("says when the next poll is due, once that is known", async () => {
    const guard = await viewed();
    guard.poll();
    guard.view.planned(at(1));

    expect((await asked(guard)).poll.next_at).toBe(new Date(at(1)).toISOString());
  });

  it("says why a pod can be asked for no end", async () => {
    const guard = await viewed({ policy: policyWith({ protect: ["keep-*"] }) });
    guard.poll({
      pods: [
        pod({ id: "k1", name: "keep-me" }),
        pod({ id: "l1", isLocked: true }),
        pod({ id: "u1", hasNetworkVolume: undefined }),
        pod({ id: "e1", status: "stopped" }),
        cluster(),
      ],
    });

    const { pods } = await asked(guard);

    expect(pods?.map(({ id, may, may_not }) => [id, may, may_not])).toEqual([
      ["k1", [], "it is protected"],
      ["l1", [], "it is locked. Unlock it in RunPod's console"],
      ["u1", [], "whether it has a network volume is unknown"],
      ["e1", ["terminate"], null],
      ["c1", ["terminate"], null],
    ]);
  });

  it("has the same text for all who ask, until something changes, and at most one a second", async () => {
    const guard = await viewed();
    guard.poll();
    const first = guard.view.status();

    guard.poll({ balanceUsd: 1 });

    expect(guard.view.status()).toBe(first);
    await guard.clock.advanceTo(at(0) + 1_000);
    expect(guard.view.status().balance_usd).toBe(1);
  });

  it("tells of a change once, after what a poll brings, and again where it was asked for before the last", async () => {
    const guard = await viewed();
    const told: (number | null)[] = [];
    guard.view.follow(
      ({ kind }) => kind === "status" && told.push(guard.view.status().balance_usd),
    );

    guard.poll({ balanceUsd: 3 });
    await guard.clock.advanceTo(at(0) + 40);
    expect(told).toEqual([]);
    guard.view.status();
    guard.poll({ balanceUsd: 2 });
    await guard.clock.advanceTo(at(0) + 10 * minuteMs);

    expect(told).toEqual([2]);
    expect(guard.bugs).toEqual([]);
  });

  it("holds no secret", async () => {
    const guard = await viewed({ settings: { protect: ["rpa_secret"] } });
    guard.poll();

    const text = await (await guard.app.request("/api/status")).text();

    expect(text).toContain("[redacted]");
    expect(text).not.toContain("rpa_secret");
  });
});
