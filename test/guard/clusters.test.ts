import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Pod } from "#guard/model/account.ts";
import { clusterOf } from "#guard/model/account.ts";
import type { Outcome } from "#guard/model/effect.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { comingEnds } from "#guard/pods/rules/first-end.ts";
import { clusterWords, listedPods, rowTitle, rowWords } from "#guard/text.ts";
import {
  after,
  at,
  book,
  cluster,
  endRecordsOf,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  minuteMs,
  mootOf,
  owedBy,
  pod,
  podEffectsOf,
  policyWith,
  run,
  saidOf,
  seen,
  settleAt,
  unlived,
  warnsOf,
} from "./samples.ts";

const terminating = { action: "terminate", pods: ["x"], clusters: ["llama"] } as const;
const timeout = { ...hardTimeout, ...terminating, afterMs: hourMs };
const policy = guarding({ hardTimeout: timeout });
const pods = [cluster()];

describe("a guard is for", () => {
  const everything = { action: "terminate", pods: ["*"], clusters: ["*"] } as const;
  it.each<[string, Parameters<typeof isGuardFor>[1], Pod, boolean]>([
    ["a cluster that its clusters name", terminating, cluster(), true],
    ["a cluster whose id they name", { ...terminating, clusters: ["c?"] }, cluster(), true],
    ["any cluster", everything, cluster(), true],
    ["no cluster when it stops", { ...everything, action: "stop" }, cluster(), false],
    ["no cluster when it notifies", { ...everything, action: "notify" }, cluster(), false],
    ["no cluster when it calls the agent", { ...everything, action: "agent" }, cluster(), false],
    ["no cluster by its pods", { action: "terminate", pods: ["*"] }, cluster(), false],
    ["no cluster by a member's name", { ...terminating, clusters: ["node-0"] }, cluster(), false],
    ["no cluster by a member's id", { ...terminating, clusters: ["m1"] }, cluster(), false],
    [
      "no cluster by another name that it has",
      { ...terminating, clusters: ["node-0"] },
      cluster({ otherNames: ["node-0"] }),
      false,
    ],
    [
      "no cluster by its name as long as that is unknown",
      terminating,
      cluster({ rawName: undefined }),
      false,
    ],
    ["no pod by its clusters", { ...terminating, clusters: ["*"] }, pod({ name: "llama" }), false],
    ["a pod by its pods", { ...terminating, pods: ["*"] }, pod({ name: "llama" }), true],
  ])("%s", (_sentence, guard, row, expected) => {
    expect(isGuardFor(row, guard)).toBe(expected);
  });
});

it.each(["llama", "c1", "m2", "node-1", "NODE-?"])(
  "%s in protect keeps the whole cluster",
  (glob) => {
    expect(isProtected(cluster(), [glob])).toBe(true);
  },
);

it("a cluster is told as such, with what it costs", () => {
  const rows = [
    { podId: "c1", name: "llama", isCluster: true },
    { podId: "p1", name: "trainer" },
    { podId: "p2", name: "" },
  ];
  const many = Array.from({ length: 4 }, (_, n) => ({ podId: `p${n}`, name: "" }));

  expect(listedPods(rows.slice(0, 1))).toBe("cluster llama (c1)");
  expect(listedPods(rows)).toBe("pods trainer (p1), p2, cluster llama (c1)");
  expect(listedPods([...rows, ...many])).toBe("pods trainer (p1), p2, p0, p1, p2 and 2 more");
  expect(clusterWords(cluster())).toBe("cluster llama (c1), 2 pods, $4.00/h");
  expect(
    clusterWords(cluster({ costPerHrUsd: undefined, cluster: { members: [] }, name: "@x" })),
  ).toBe('cluster "\\u0040x" (c1), 0 pods, its cost is unknown');
  expect(clusterWords({ ...cluster(), cluster: { members: members().slice(0, 1) } })).toBe(
    "cluster llama (c1), 1 pod, $4.00/h",
  );
  expect(clusterWords(pod())).toBe("cluster trainer (p1), 0 pods, $1.49/h");
});

it("a row is named as what it is, also at the start of a sentence", () => {
  expect([pod(), cluster()].map(rowWords)).toEqual(["pod trainer (p1)", "cluster llama (c1)"]);
  expect([pod(), cluster()].map(rowTitle)).toEqual(["Pod trainer (p1)", "Cluster llama (c1)"]);
});

it("no backstop is to come to a cluster, as it does to a pod", () => {
  const backstop = { action: "terminate", afterMs: 0 } as const;
  const { state } = after([seen({ balanceUsd: 0.4 })], policyWith({ backstop }));
  const ends = (row: Pod) =>
    comingEnds(run(), row, { ...state, owed: [] }, policyWith({ backstop }), 2_000);

  expect(ends(pod()).map(({ by }) => by)).toEqual(["backstop"]);
  expect(ends(cluster())).toEqual([]);
});

function members() {
  return cluster().cluster?.members ?? [];
}

it("a member is found in its cluster", () => {
  expect(clusterOf("m2", [pod(), cluster()])?.id).toBe("c1");
  expect(clusterOf("c1", [pod(), cluster()])).toBeUndefined();
});

describe("a cluster that outstays its hard timeout", () => {
  it("is warned of, and then terminated whole", () => {
    const lived = live(unlived, [0, 60], policy, { look: { pods } });

    expect(warnsOf(lived)).toEqual([[45, "hard_timeout"]]);
    expect(saidOf(lived)).toEqual([
      [
        45,
        "hard_timeout: cluster llama (c1) will be terminated in 15 min: hard timeout after 1 h. To keep it: add it to protect in the config",
      ],
    ]);
    expect(podEffectsOf(lived.state.owed)).toMatchObject([
      {
        kind: "end-run",
        podId: "c1",
        podName: "llama",
        action: "terminate",
        memberIds: ["m1", "m2"],
      },
    ]);
  });

  it("is left where no guard names it", () => {
    const other = guarding({ hardTimeout: { ...timeout, pods: ["*"], clusters: ["other"] } });
    const lived = live(unlived, [0, 90], other, { look: { pods: [...pods, pod()] } });

    expect(lived.owed.map(([, { podId }]) => podId)).toEqual(["p1"]);
  });

  it("and whose end is proven is told as a cluster, and counts as one end", () => {
    const due = live(unlived, [0, 60], policy, { look: { pods } });
    const [end] = podEffectsOf(due.state.owed);
    const over = settleAt(due, 60, end?.id ?? "", { podIs: "gone" }, policy);

    expect(saidOf(over).at(-1)?.[1]).toMatch(/^hard_timeout: terminated cluster llama \(c1\): /);
    expect(over.state.guardEndsAtMs).toHaveLength(1);
    expect(endRecordsOf(over.state)).toEqual([["c1", "hard_timeout_1h"]]);
  });

  it("and cannot be ended is told as a cluster", () => {
    const due = live(unlived, [0, 60], policy, { look: { pods } });
    const [end] = podEffectsOf(due.state.owed);
    const failed = settleAt(due, 60, end?.id ?? "", { kind: "failed", because: "no" }, policy);

    expect(saidOf(failed).at(-1)?.[1]).toBe(
      "hard_timeout: could not terminate cluster llama (c1), trying again: no",
    );
  });

  it("and whose burn does not show its end is told as a cluster", () => {
    const due = live(unlived, [0, 60], policy, { look: { pods } });
    const [end] = podEffectsOf(due.state.owed);
    const outcome: Partial<Outcome> = {
      podIs: "gone",
      unconfirmed: { costPerHrUsd: 4, burnPerHrUsd: 4, unexplainedPerHrUsd: 0 },
    };
    const over = settleAt(due, 60, end?.id ?? "", outcome, policy);
    const later = live(over, [63, 63], policy, { look: { pods: [pod()], burnPerHrUsd: 6 } });

    expect(saidOf(later).at(-1)?.[1]).toContain("cluster llama (c1) ended, but the account still");
  });

  it("is no longer to be ended when what has its id now is a pod", () => {
    const due = live(unlived, [0, 60], policy, { look: { pods } });
    const now = live(due, [61, 61], policy, { look: { pods: [pod({ id: "c1", name: "x" })] } });

    expect(mootOf(now)).toEqual([[61, "another thing has this id now"]]);
    expect(podEffectsOf(now.state.owed).filter(({ id }) => id === due.owed[0]?.[1].id)).toEqual([]);
  });

  it("of which a pod of that id was to be ended before is not ended for it", () => {
    const all = guarding({ hardTimeout: { ...timeout, pods: ["*"], clusters: [] } });
    const due = live(unlived, [0, 60], all, { look: { pods: [pod({ id: "c1" })] } });
    const now = live(due, [61, 61], all, { look: { pods } });

    expect(owedBy(due)).toHaveLength(1);
    expect(podEffectsOf(now.state.owed)).toEqual([]);
  });

  it("keeps its run, lease and touch by its id across a start of the daemon", () => {
    const {
      leaseBook: _,
      lastSeen: __,
      ...saved
    } = live(unlived, [0, 10], policy, {
      look: { pods },
    }).state;

    expect(saved.runs["c1"]).toMatchObject({ isCluster: true, startedAtMs: at(0) });
  });
});

describe("a lease and idleness hold for a cluster as for a pod", () => {
  it("a lease that is given to its id puts its end off", () => {
    const lease = { ...leaseGuard, ...terminating, defaultMs: hourMs, maxMs: 8 * hourMs };
    const given = book({ c1: { endsAtMs: at(120), givenAtMs: at(1) } });
    const lived = live(unlived, [0, 120], guarding({ lease }), { look: { pods }, book: given });

    expect(owedBy(lived)).toEqual([[120, "lease"]]);
    expect(saidOf(lived).map(([, words]) => words)).toEqual([
      "lease: cluster llama (c1) will be terminated in 15 min: the end of its lease. To keep it: runpodboss extend c1 1",
    ]);
  });

  it("it is idle only when all that is known of its pods is", () => {
    const idle = { ...idleGuard, ...terminating, afterMs: 30 * minuteMs };
    const asks = guarding({ idle });
    const quiet = live(unlived, [0, 40], asks, {
      look: { pods },
      sample: { gpuPercents: [0, 0], gpuMemoryPercents: [0, 0] },
    });
    const oneBusy = live(unlived, [0, 40], asks, {
      look: { pods },
      sample: { gpuPercents: [0, 90], gpuMemoryPercents: [0, 0] },
    });
    const oneUnknown = live(unlived, [0, 40], asks, {
      look: { pods },
      sample: { gpuPercents: [0, undefined], gpuMemoryPercents: [0, 0] },
    });

    expect([quiet, oneBusy, oneUnknown].map((lived) => owedBy(lived))).toEqual([
      [[30, "idle"]],
      [],
      [],
    ]);
    expect(saidOf(quiet)[0]?.[1]).toContain("cluster llama (c1) has been idle for 15 min");
  });

  it("and a touch of it starts its idle time again", () => {
    const idle = { ...idleGuard, ...terminating, afterMs: 30 * minuteMs };
    const lived = live(unlived, [0, 40], guarding({ idle }), (n) => ({
      look: { pods },
      book: n < 20 ? book() : book({}, { c1: at(20) }),
    }));

    expect(owedBy(lived)).toEqual([]);
  });
});

describe("a pod that turns out to be a member of a cluster", () => {
  const alone = [pod({ id: "m1", name: "node-0" }), pod({ id: "p2" })];

  it("has not ended: its run goes on in that of the cluster", () => {
    const before = live(unlived, [0, 5], policy, { look: { pods: alone } });
    const now = live(before, [6, 8], policy, { look: { pods: [...pods, pod({ id: "p2" })] } });

    expect(endRecordsOf(now.state)).toEqual([]);
    expect(Object.keys(now.state.runs).toSorted()).toEqual(["c1", "p2"]);
  });
});

it("a restarted cluster has a run of its own, and stays a cluster", () => {
  const before = live(unlived, [0, 5], policy, { look: { pods } });
  const now = live(before, [6, 7], policy, {
    look: { pods },
    sample: { bootedAtMs: at(6), lastStartedAtMs: at(6) },
  });

  expect(now.state.runs["c1"]).toMatchObject({ isCluster: true, startedAtMs: at(6) });
});

it("a cluster that was protected by a member's name stays so when that is renamed", () => {
  const keep = policyWith({ thresholds: [], protect: ["node-1"] });
  const [one] = members();
  const renamed = cluster({ cluster: { members: one === undefined ? [] : [one] } });
  const first = after([seen({ pods })], keep);
  const { state, events } = decide(
    first.state,
    { kind: "look", look: seen({ atMs: 2_000, pods: [renamed] }) },
    keep,
  );

  expect(state.kept["c1"]).toEqual({ name: "llama", rule: "node-1", renamedTo: "llama" });
  expect(events.flatMap((event) => (event.kind === "said" ? [event.because] : []))).toEqual([
    'trouble: cluster llama (c1) was protected by "node-1", and neither it nor one of its pods is called so any more. It stays protected. To let it be stopped, change that rule in the config and reload it',
  ]);
});

it("below the lowest threshold a cluster is named apart from the pods that nothing may stop", () => {
  const low = policyWith({ protect: ["keep", "held"] });
  const said = (rows: readonly Pod[]) =>
    after([seen({ balanceUsd: 0.4, burnPerHrUsd: 8, pods: rows })], low).events.flatMap((event) =>
      event.kind === "said" && event.event === "burn" ? [event.because] : [],
    );
  const c1 =
    "cluster llama (c1), 2 pods, $4.00/h: only a person may end it: runpodboss terminate c1";

  expect(said([cluster()])).toEqual([
    `burn: a cluster that no backstop may stop: ${c1}. Still burning $8.00/h. $0 in about 3 min`,
  ]);
  expect(said([pod({ name: "keep" }), cluster(), cluster({ id: "c2", name: "held" })])).toEqual([
    `burn: 2 pods and a cluster that no backstop may stop: keep (p1, protected), held (c2, protected); ${c1}. Still burning $8.00/h. $0 in about 3 min`,
  ]);
  expect(said([cluster(), cluster({ id: "c3" })])[0]).toContain("2 clusters that no backstop");
});
