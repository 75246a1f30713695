import { describe, expect, it } from "vitest";
import { acrossChangeOver, savedDecider } from "#guard/account/crossing.ts";
import { decide } from "#guard/decide.ts";
import type { Api, Look, Pod, Seen } from "#guard/model/account.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import {
  at,
  endRecordsOf,
  endsOf,
  guarding,
  hardTimeout,
  namesOf,
  noticesOf,
  pod,
  policyWith,
  sampleAt,
  seen,
  wordsOf,
} from "../samples.ts";

const a = pod({ id: "a", name: "alpha" });
const b = pod({ id: "b", name: "beta" });
const because = "RunPod has ended GraphQL (HTTP 410)";
const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });

function by(api: Api, minute: number, look: Partial<Seen> = {}): Seen {
  const source = api === "rest" ? { api, because } : { api };
  return seen({ atMs: at(minute), pods: [a], ...look, source });
}

function restBlind(minute: number): Look {
  const source = { api: "rest", because } as const;
  return { kind: "blind", atMs: at(minute), cause: "key-refused", because: "no scope", source };
}

/** Takes polls in turn; gives all that was said. */
function polled(looks: readonly Look[], policy = policyWith(), from: GuardState = emptyState) {
  const said: string[] = [];
  const trips: string[] = [];
  const rearms: string[] = [];
  let state = from;
  for (const look of looks) {
    const decision = decide(state, { kind: "look", look }, policy);
    state = decision.state;
    said.push(...wordsOf(decision.events));
    trips.push(...namesOf(decision.events, "trip"));
    rearms.push(...namesOf(decision.events, "rearm"));
  }
  return { state, said, trips, rearms, sources: said.filter((each) => each.startsWith("source:")) };
}

const minutes = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

const restarted = (state: GuardState): GuardState => {
  const { lastSeen: _, leaseBook: __, rulesSaid: ___, ...saved } = state;
  return afterRestart(JSON.parse(JSON.stringify(saved)) as GuardState);
};

describe("a change-over", () => {
  it("is told once with its reason and what to do, saved, and kept in the history", () => {
    const { state, sources } = polled([by("graphql", 0), by("rest", 1), by("rest", 2)]);

    expect(sources).toEqual([
      "source: RunPod has ended GraphQL (HTTP 410). From now on the account is seen, and pods are stopped, through REST v2 in place of GraphQL. If GraphQL works again and is to decide: runpodboss check --api graphql, then restart the daemon",
    ]);
    expect(state.source).toEqual({ api: "rest", because, sinceMs: at(1) });
    expect(state.crossing).toBeUndefined();
    expect(noticesOf(state.owed).map(({ event }) => event)).toEqual(["source"]);
    expect(state.unrecorded.filter(({ type }) => type === "source")).toHaveLength(1);
  });

  it("says that the new one does not see the account yet", () => {
    const { sources } = polled([by("graphql", 0), restBlind(1), restBlind(2), by("rest", 3)]);

    expect(sources).toEqual([
      expect.stringContaining("It does not see the account yet (no scope). If GraphQL works again"),
    ]);
  });

  it("back is told as well", () => {
    const there = polled([by("graphql", 0), by("rest", 1)]).state;

    const { state, sources } = polled([by("graphql", 2)], policyWith(), there);

    expect(sources).toEqual([
      "source: the daemon was told so. From now on the account is seen, and pods are stopped, through GraphQL in place of REST v2. Nothing has to be done",
    ]);
    expect(state.source).toMatchObject({ api: "graphql", sinceMs: at(2) });
  });

  it("is none where GraphQL has always decided, or where only one interface is asked", () => {
    expect(polled([by("graphql", 0), by("graphql", 1)]).state.source).toBeUndefined();
    expect(polled([seen()]).state).not.toHaveProperty("shown");
  });

  it("of a guard that has never seen anything leaves nothing to wait for", () => {
    const { state, sources } = polled([by("rest", 0, { pods: [a, b] }), by("rest", 1)]);

    expect(sources).toHaveLength(1);
    expect(state.crossing).toBeUndefined();
  });
});

describe("more money than before a change-over", () => {
  const risen = polled([
    by("graphql", 0, { balanceUsd: 100 }),
    by("rest", 1, { balanceUsd: 200 }),
  ]).state;

  it("is no doubt about a later poll that shows less again", () => {
    const look = by("rest", 2, { balanceUsd: 90 });

    expect(acrossChangeOver(risen, look)).not.toHaveProperty("isRiseDoubted");
  });

  it("that was in doubt is nothing to compare the next interface with", () => {
    const { state } = polled([by("graphql", 2, { balanceUsd: 150 })], policyWith(), risen);

    expect(state.crossing?.before).toMatchObject({ balanceUsd: 100 });
    expect(state.lastSeen?.isRiseDoubted).toBe(true);
  });
});

describe("a config that asks another interface", () => {
  const configured = (api: Api, minute: number, look: Partial<Seen> = {}): Seen => ({
    ...by(api, minute, look),
    source: { api, because: `the config now says "api": "${api}"`, isConfigured: true },
  });
  const low = { balanceUsd: 0.1 };

  it("is a change-over as any: told, waited for, and the stops under way go on", () => {
    const { state, said, sources } = polled(
      [
        by("graphql", 0, { ...low, pods: [a, b] }),
        configured("rest", 1, { ...low, pods: [] }),
        configured("rest", 2, { ...low, pods: [] }),
      ],
      backed,
    );

    expect(sources).toEqual([
      'source: the config now says "api": "rest". From now on the account is seen, and pods are stopped, through REST v2 in place of GraphQL. Nothing has to be done',
    ]);
    expect(said).not.toContainEqual(expect.stringContaining("have stopped"));
    expect(endsOf(state.owed).map(({ podId }) => podId)).toEqual(["a", "b"]);
    expect(state.lastSeen?.pods).toHaveLength(2);
  });

  it("and back to auto, or to GraphQL alone, is one too", () => {
    const there = polled([by("graphql", 0), configured("rest", 1)]).state;
    const auto = polled([by("graphql", 2)], policyWith(), restarted(there));
    const alone = polled([configured("graphql", 2)], policyWith(), there);

    expect(auto.sources).toEqual([
      expect.stringMatching(/^source: the config now says "api": "auto"\. From now on .* GraphQL/),
    ]);
    expect(alone.sources).toEqual([
      expect.stringMatching(/^source: the config now says "api": "graphql"\. From now on/),
    ]);
  });

  it("and does not see yet is no reason to do nothing", () => {
    const source = { api: "rest", because: "told so", isConfigured: true } as const;

    const { sources } = polled([by("graphql", 0), { ...restBlind(1), source }]);

    expect(sources).toEqual([
      expect.stringMatching(/It does not see the account yet \(no scope\)\.$/),
    ]);
  });

  it("from the first poll on has taken nothing over", () => {
    const { state, sources } = polled([configured("rest", 0), configured("rest", 1)]);

    expect(sources).toEqual([]);
    expect(state.source).toMatchObject({ api: "rest", isConfigured: true });
    expect(state.crossing).toBeUndefined();
  });

  it("that names whoever decides changes nothing but why", () => {
    const retired = polled([by("graphql", 0), by("rest", 1), configured("rest", 2)]);
    const alone = polled([configured("rest", 0), by("rest", 1)]);

    expect(retired.sources).toHaveLength(1);
    expect(retired.state.source).toEqual({ api: "rest", because, sinceMs: at(1) });
    expect(alone.sources).toEqual([]);
    expect(alone.state.source).toEqual({ api: "rest", because, sinceMs: at(0) });
  });
});

describe("the balance across a change-over", () => {
  it("below a threshold trips in the same poll", () => {
    const { trips } = polled([by("graphql", 0), by("rest", 1, { balanceUsd: 1.9 })]);

    expect(trips).toEqual(["warning", "critical"]);
  });

  const low = by("graphql", 0, { balanceUsd: 1 });
  const high = (minute: number, balanceUsd = 50) => by("rest", minute, { balanceUsd });

  it("that is higher re-arms nothing until the polls of ten minutes agree, and both numbers are told", () => {
    const nearly = polled([low, ...minutes(1, 10).map((minute) => high(minute))]);
    const settled = polled([high(11)], policyWith(), nearly.state);

    expect(nearly.trips).toEqual(["warning", "critical"]);
    expect(nearly.rearms).toEqual([]);
    expect(nearly.state.fired).toMatchObject({ warning: true, critical: true });
    expect(nearly.sources.slice(1)).toEqual([
      "source: REST v2 shows a balance of $50.00, where GraphQL last showed $1.00. Not believed before it has held for 10 min: until then no threshold is set back, and no backstop stops pods. If nobody has added money, look at RunPod's console now",
    ]);
    expect(settled.rearms).toEqual(["warning", "critical"]);
    expect(settled.sources).toEqual([
      "source: REST v2 shows a balance of $50.00, where GraphQL last showed $1.00. All polls of 10 min agree on it, so it counts from now on. If nobody has added money, compare it with RunPod's console",
    ]);
    expect(settled.state.crossing).toBeUndefined();
    expect(settled.state.saidAtMs).not.toHaveProperty("source:balance");
  });

  it("that is higher is not believed by two polls, however far apart", () => {
    expect(polled([low, high(1), high(30)]).rearms).toEqual([]);
    expect(polled([low, high(1), high(30), high(31)]).rearms).toEqual(["warning", "critical"]);
  });

  it("that is higher where nothing has fired is told only once it counts", () => {
    const { sources } = polled([
      by("graphql", 0, { balanceUsd: 40 }),
      ...minutes(1, 11).map((minute) => high(minute)),
    ]);

    expect(sources).toHaveLength(2);
  });

  it("that is only older than GraphQL's counts as GraphQL's, and the backstop goes on", () => {
    const burning = { burnPerHrUsd: 6 };
    const soon = policyWith({ backstop: { action: "stop", afterMs: 30_000 } });
    const lagging = (minute: number) =>
      by("rest", minute, { balanceUsd: 1.35 - minute / 10, ...burning });
    const { state, rearms, said } = polled(
      [by("graphql", 0, { balanceUsd: 0.45, ...burning }), lagging(0.1), lagging(0.2)],
      soon,
    );
    const due = polled([lagging(0.6)], soon, state);

    expect(rearms).toEqual([]);
    expect(said).not.toContainEqual(expect.stringContaining("Not believed"));
    expect(acrossChangeOver(state, lagging(0.3))).toMatchObject({ balanceUsd: 0.45 });
    expect(endsOf(due.state.owed).map(({ podId }) => podId)).toEqual(["a"]);
    expect(due.rearms).toEqual([]);
  });

  it("of a burn that is not known may fall while it is in doubt", () => {
    const unknown = (minute: number) =>
      by("rest", minute, { balanceUsd: 50 - minute, burnPerHrUsd: undefined });

    const { rearms } = polled([low, ...minutes(1, 11).map(unknown)]);

    expect(rearms).toEqual(["warning", "critical"]);
  });

  it.each<[string, readonly Look[]]>([
    ["polls that do not agree", [high(1, 50), high(2, 20), high(3, 50), high(4, 20)]],
    [
      "one that shows the old balance again",
      [high(1), high(2), by("rest", 3, { balanceUsd: 0.98 })],
    ],
  ])("is not believed by %s", (_sentence, looks) => {
    const { rearms, state } = polled([low, ...looks]);

    expect(rearms).toEqual([]);
    expect(state.fired["critical"]).toBe(true);
  });

  it("counts on over polls that fail and over a restart", () => {
    const one = polled([low, high(1), restBlind(2)]).state;
    const two = polled([high(3)], policyWith(), restarted(one));

    expect(two.rearms).toEqual([]);
    expect(polled([high(11)], policyWith(), two.state).rearms).toEqual(["warning", "critical"]);
  });

  it("that agrees to the cent is believed at once", () => {
    const { rearms } = polled([
      by("graphql", 0, { balanceUsd: 9.99 }),
      by("rest", 1, { balanceUsd: 10 }),
    ]);

    expect(rearms).toEqual(["warning"]);
  });

  it.each([
    ["is known", {}],
    ["is unknown", { burnPerHrUsd: undefined }],
  ])("where the burn %s may be higher by a cent, and no more", (_sentence, unknown) => {
    const { rearms } = polled([
      by("graphql", 0, { balanceUsd: 9.9, ...unknown }),
      by("rest", 1, { balanceUsd: 10, ...unknown }),
    ]);

    expect(rearms).toEqual([]);
  });

  it("that is not known to hold stops nothing, and is no end of $0", () => {
    const broke = by("graphql", 0, { balanceUsd: 0, pods: [{ ...a, isLocked: true }] });

    const { state } = polled([broke, high(1)], backed);

    expect(endsOf(state.owed)).toEqual([]);
    expect(state.zeroSinceMs).toBe(at(0));
  });
});

describe("a pod that only the interface before has shown", () => {
  const only = (minute: number, pods: readonly Pod[] = []) => by("rest", minute, { pods });
  const shown = by("graphql", 0, { pods: [a, b] });

  it("is neither gone nor stopped for 15 minutes, then gone, which is told", () => {
    const low = { balanceUsd: 0.1 };
    const during = polled(
      [shown, ...Array.from({ length: 15 }, (_, n) => by("rest", n + 1, { pods: [b], ...low }))],
      backed,
    );
    const after = polled([by("rest", 16, { pods: [b], ...low })], backed, during.state);

    expect(endRecordsOf(during.state)).toEqual([]);
    expect(during.state.runs["a"]).toBeDefined();
    expect(endsOf(during.state.owed).map(({ podId }) => podId)).toEqual(["b"]);
    expect(during.said).toContain(
      "emergency: cannot stop alpha (a, why REST v2 does not list it is unknown). Check RunPod's console",
    );
    expect(after.sources).toEqual([
      "source: pod alpha (a): listed by GraphQL, but not by REST v2 for 15 min since, and counted as gone from now on. Check RunPod's console",
    ]);
    expect(after.state.runs["a"]).toBeUndefined();
  });

  it("is known over a restart, and in a change-over while nobody watched", () => {
    const before = restarted(polled([shown]).state);

    const { state } = polled([only(1, [b]), only(2, [b])], policyWith(), before);

    expect(Object.keys(state.runs).sort()).toEqual(["a", "b"]);
    expect(state.lastSeen?.pods).toContainEqual(
      expect.objectContaining({ id: "a", status: "unknown", rawName: undefined }),
    );
    expect(polled([only(3, [b])], policyWith(), restarted(state)).state.runs["a"]).toBeDefined();
  });

  it("and that comes back is what it was", () => {
    const { state, sources } = polled([shown, only(1, [b]), only(2, [a, b])]);

    expect(state.crossing).toBeUndefined();
    expect(Object.keys(state.runs)).toHaveLength(2);
    expect(sources).toHaveLength(1);
  });

  it("is waited for from the first list on, however long there is none", () => {
    const { state } = polled([shown, restBlind(1), by("rest", 30, { pods: "unknown" }), only(31)]);

    expect(state.lastSeen?.pods).toHaveLength(2);
  });

  it("that had stopped is not waited for", () => {
    const stopped = { ...a, status: "stopped", word: "EXITED" } as const;

    const { state } = polled([
      by("graphql", 0, { pods: [a, b] }),
      by("graphql", 1, { pods: [stopped, b] }),
      only(2, [b]),
    ]);

    expect(state.crossing).toBeUndefined();
  });

  it("whose end was seen and is being proven is not waited for", () => {
    const { state } = polled([shown]);
    const run = { ...state.runs["a"], stoppedAtMs: at(0) } as PodRun;
    const before = restarted({ ...state, runs: { ...state.runs, a: run } });

    expect(polled([only(1, [b])], policyWith(), before).state.crossing).toBeUndefined();
  });

  it("as a pod of its own, and is a member of a cluster now, is there", () => {
    const members = [
      { id: "a", name: "alpha", status: "running", word: "RUNNING", costPerHrUsd: 1 },
    ] as const;
    const cluster = pod({ id: "c", cluster: { members } });

    const { state } = polled([by("graphql", 0), only(1, [cluster])]);

    expect(state.crossing).toBeUndefined();
    expect(state.lastSeen?.pods).toHaveLength(1);
  });

  it("makes a burn that is added up from the pods unknown", () => {
    const look = by("rest", 1, { pods: [b], burnPerHrUsd: 1.49, isBurnAddedUp: true });

    expect(polled([shown, look]).state.lastSeen?.burnPerHrUsd).toBeUndefined();
  });
});

describe("pods that are shown as members of a cluster now", () => {
  const cluster = (ids: readonly string[]) =>
    pod({
      id: "c",
      name: "train",
      cluster: {
        members: ids.map((id) => ({
          id,
          name: `name-${id}`,
          status: "running",
          word: "RUNNING",
          costPerHrUsd: 1,
        })),
      },
    });
  const low = { balanceUsd: 0.1 };
  const words =
    'pods name-a (a), name-b (b): shown as part of cluster train (c) now, which ends only as a whole. Guards end it only if "clusters" names it. Not tried any more: stop a, stop b';

  it("are told of in the notice of the change-over, with the stops that are given up", () => {
    const { state, sources } = polled(
      [
        by("graphql", 0, { ...low, pods: [a, b] }),
        by("rest", 1, { ...low, pods: [cluster(["a", "b"])] }),
      ],
      backed,
    );

    expect(sources).toEqual([expect.stringContaining(`in place of GraphQL. ${words}. If GraphQL`)]);
    expect(endsOf(state.owed)).toEqual([]);
    expect(state.crossing).toBeUndefined();
  });

  it("are told of at the first list, where there was none yet; another goes on to be waited for", () => {
    const { state, sources } = polled(
      [
        by("graphql", 0, { ...low, pods: [a, b, pod({ id: "d", name: "delta" })] }),
        restBlind(1),
        by("rest", 2, { ...low, pods: [cluster(["a", "b", "e"])] }),
        by("rest", 3, { ...low, pods: [cluster(["a", "b", "e"])] }),
      ],
      backed,
    );

    expect(sources.slice(1)).toEqual([`source: ${words}`]);
    expect(endsOf(state.owed).map(({ podId }) => podId)).toEqual(["d"]);
    expect(Object.keys(state.crossing?.awaited ?? {})).toEqual(["d"]);
  });

  it("and for which nothing was under way are told of without that", () => {
    const { sources } = polled([by("graphql", 0), by("rest", 1, { pods: [cluster(["a"])] })]);

    expect(sources[0]).toContain('only if "clusters" names it. If GraphQL');
  });
});

describe("a pod that only the new interface shows", () => {
  const both = (minute: number, look: Partial<Seen> = {}) =>
    by("rest", minute, { pods: [a, b], ...look });
  const low = { balanceUsd: 0.1 };

  it("is stopped by no backstop and no guard, and told once", () => {
    const policy = {
      ...backed,
      podGuards: {
        ...backed.podGuards,
        hardTimeout: { ...hardTimeout, afterMs: 60_000 },
        warnMs: 0,
      },
    };
    const { state, sources } = polled(
      [by("graphql", 0, low), ...Array.from({ length: 40 }, (_, n) => both(n + 1, low))],
      policy,
    );

    expect(state.owed.flatMap((each) => ("podId" in each ? [each.podId] : []))).not.toContain("b");
    expect(sources).toEqual([
      expect.stringContaining("RunPod has ended GraphQL"),
      "source: pod beta (b): listed by REST v2, but shortly before not by GraphQL, and not known to have started since. Until this run ends, no guard, backstop or agent stops it. To stop it yourself: runpodboss stop POD",
    ]);
  });

  it("may be stopped again in its next run", () => {
    const stopped = { ...b, status: "stopped", word: "EXITED" } as const;
    const { state } = polled(
      [by("graphql", 0), both(1), both(2), both(3, { pods: [a, stopped] }), both(4, low)],
      backed,
    );

    expect(
      endsOf(state.owed)
        .map(({ podId }) => podId)
        .sort(),
    ).toEqual(["a", "b"]);
  });

  it("and that has started since is a pod as any, and nobody hears of it", () => {
    const first = polled([by("graphql", 0), both(1)], guarding({})).state;
    const samples = [sampleAt(1, { podId: "b", bootedAtMs: at(0.5), lastStartedAtMs: at(0.5) })];
    const measured = { kind: "measured", atMs: at(1), samples } as const;
    const known = decide(first, { kind: "measured", measured, activity: {} }, guarding({})).state;

    const { state, sources } = polled([both(2)], guarding({}), known);

    expect(first.crossing?.disputed).toHaveProperty("b");
    expect(sources).toEqual([]);
    expect(state.crossing).toBeUndefined();
  });

  it.each([
    ["five minutes before, by RunPod's clock: the clocks may differ", -4.9, false],
    ["longer before", -5.1, true],
  ])("and that has started %s", (_sentence, minute, isDisputed) => {
    const first = polled([by("graphql", 0), both(1)], guarding({})).state;
    const start = at(minute);
    const samples = [sampleAt(1, { podId: "b", bootedAtMs: start, lastStartedAtMs: start })];
    const measured = { kind: "measured", atMs: at(1), samples } as const;
    const known = decide(first, { kind: "measured", measured, activity: {} }, guarding({})).state;

    const { state } = polled([both(2)], guarding({}), known);

    expect(Object.keys(state.crossing?.disputed ?? {})).toEqual(isDisputed ? ["b"] : []);
  });

  it.each<[string, readonly Look[]]>([
    ["where the last list is older than 15 minutes", [by("graphql", 0), both(20)]],
    ["where the last list was not whole", [by("graphql", 0, { unreadablePods: 1 }), both(1)]],
    ["once a whole list of the new one lacks it", [by("graphql", 0), by("rest", 1), both(2)]],
    [
      "a cluster, which GraphQL does not list",
      [by("graphql", 0), both(1, { pods: [a, { ...b, cluster: { members: [] } }] })],
    ],
  ])("is a pod as any %s", (_sentence, looks) => {
    expect(polled(looks).state.crossing?.disputed ?? {}).toEqual({});
  });

  it("is still in doubt while a row that may be its cannot be read", () => {
    const looks = [by("graphql", 0), both(1), both(2, { pods: [a], unreadablePods: 1 }), both(3)];

    expect(polled(looks).state.crossing?.disputed).toHaveProperty("b");
  });

  it("after half a list is in doubt as well", () => {
    const looks = [by("graphql", 0), by("rest", 1, { unreadablePods: 1 }), both(2)];

    expect(polled(looks).state.crossing?.disputed).toHaveProperty("b");
  });
});

describe("a poll of an effect's own", () => {
  it("by an interface that the guard does not go by yet lists no pods", () => {
    const { state } = polled([by("graphql", 0)]);

    expect(acrossChangeOver(state, by("rest", 1))).toMatchObject({
      pods: "unknown",
      podsBecause: "REST v2 has only now begun to decide",
      isRiseDoubted: true,
    });
    expect(acrossChangeOver(state, restBlind(1))).toEqual(restBlind(1));
  });

  it("has the pods in doubt that the guard's has, as long as they run", () => {
    const { state } = polled([by("graphql", 0), by("rest", 1, { pods: [b] })]);
    const exited = { ...b, status: "stopped" } as const;

    expect(acrossChangeOver(state, by("rest", 1, { pods: [b] })).pods).toEqual([
      { ...b, doubt: "why GraphQL did not list it" },
      expect.objectContaining({ id: "a", doubt: "why REST v2 does not list it" }),
    ]);
    expect(acrossChangeOver(state, by("rest", 1, { pods: [exited] })).pods).toContainEqual(exited);
  });
});

const since = { sinceMs: at(0), because };

it.each<[string, Partial<GuardState>, object]>([
  ["GraphQL decides at a start with nothing saved", {}, { api: "graphql" }],
  ["REST, once it has taken over", { source: { api: "rest", ...since } }, { api: "rest", because }],
  [
    "GraphQL, where REST was only asked alone by the config",
    { source: { api: "rest", isConfigured: true, ...since } },
    { api: "graphql" },
  ],
  [
    "and what it did not show of late is counted on",
    { unseenBy: { sinceMs: at(0), because, polls: 2 } as unknown as GuardState["unseenBy"] },
    { api: "graphql", unseen: { polls: 2 } },
  ],
])("%s", (_sentence, saved, expected) => {
  expect(savedDecider({ ...emptyState, ...saved })).toMatchObject(expected);
});
