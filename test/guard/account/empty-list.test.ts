import { describe, expect, it } from "vitest";
import { believedForProof } from "#guard/account/empty-list.ts";
import type { Look, Pod } from "#guard/model/account.ts";
import {
  at,
  blind,
  endRecordsOf,
  guarding,
  hardTimeout,
  idleGuard,
  live,
  type Lived,
  owedBy,
  pod,
  policyWith,
  saidOf,
  unlived,
  warnsOf,
} from "../samples.ts";

const policy = guarding({ idle: idleGuard, hardTimeout });
const empty = { look: { pods: [], burnPerHrUsd: 1.49 } } as const;
const isOver = ({ events }: Lived) =>
  events.flatMap(([n, { kind }]) => (kind === "run-ended" ? [n] : []));

describe("an empty list while the account burns what its pods did", () => {
  it("once is not the end of any pod: it is warned of and stopped as if there had been none", () => {
    const lived = live(unlived, [0, 32], policy, (n) => (n === 19 ? empty : {}));

    expect(warnsOf(lived)).toEqual([[15, "idle"]]);
    expect(owedBy(lived)).toEqual([[32, "idle"]]);
    expect(isOver(lived)).toEqual([]);
  });

  it("again and again ends none either", () => {
    const lived = live(unlived, [0, 100], policy, (n) => (n % 20 === 19 ? empty : {}));

    expect(warnsOf(lived)).toEqual([[15, "idle"]]);
    expect(isOver(lived)).toEqual([]);
  });

  it("around a poll that fails ends none", () => {
    const lived = live(unlived, [0, 5], policy, (n) =>
      n === 3 ? empty : n === 4 ? { look: "blind" } : {},
    );

    expect(isOver(lived)).toEqual([]);
  });

  it("for longer than the burn lags is believed: serverless may burn as much", () => {
    const lived = live(unlived, [0, 9], policy, (n) => (n < 3 ? {} : empty));

    expect(isOver(lived)).toEqual([5]);
    expect(endRecordsOf(lived.state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("at the next time is waited for anew", () => {
    const lived = live(unlived, [0, 9], policy, (n) => (n === 3 || n === 9 ? empty : {}));

    expect(isOver(lived)).toEqual([]);
  });

  it("says so when a backstop is due, and not that all pods have stopped", () => {
    const low = { balanceUsd: 0.4 };
    const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });

    const lived = live(unlived, [0, 2], backed, (n) =>
      n === 1 ? { look: { ...empty.look, ...low } } : { look: low },
    );

    expect(saidOf(lived).filter(([n]) => n > 0)).toEqual([
      [
        1,
        "emergency: cannot stop pods: RunPod does not list them (its list is empty, but the account still burns $1.49/h). Check RunPod's console",
      ],
    ]);
  });
});

describe("an empty list, where RunPod does not say what burns,", () => {
  const untold = { pods: [], burnPerHrUsd: 0, isBurnAddedUp: true } as const;

  it.each([
    ["what the pods add up to being nothing", untold],
    ["nor what the pods add up to", { ...untold, burnPerHrUsd: undefined, isBurnAddedUp: false }],
    ["some other pod being gone", { ...untold, goneIds: ["p2"] }],
  ])("ends no pod for two minutes: %s", (_sentence, look) => {
    const lived = live(unlived, [0, 9], policy, (n) => (n < 3 ? {} : { look }));

    expect(isOver(lived)).toEqual([5]);
  });

  it("leaves pods and burn unknown, and says why: nothing is burning would be a guess", () => {
    const { state } = live(unlived, [0, 3], policy, (n) => (n < 3 ? {} : { look: untold }));

    expect(state.lastSeen).toMatchObject({
      pods: "unknown",
      burnPerHrUsd: undefined,
      isBurnAddedUp: false,
      podsBecause:
        "its list is empty, but pod trainer (p1) ran a poll ago, and RunPod does not say what burns",
    });
  });

  it("is said where a backstop is due, and the pods are stopped as soon as they are listed", () => {
    const low = { balanceUsd: 0.4 };
    const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });

    const lived = live(unlived, [0, 2], backed, (n) => ({
      look: n === 1 ? { ...untold, ...low } : low,
    }));

    const words = saidOf(lived).filter(([n]) => n === 1);
    expect(words).toEqual([
      [1, expect.stringContaining("emergency: cannot stop pods: RunPod does not list them")],
    ]);
    expect(lived.state.owed.some(({ kind }) => kind === "end-pod")).toBe(true);
  });

  it("is believed where the pods that ran were listed as stopped since", () => {
    const { state } = live(unlived, [0, 3], policy);
    const stopped = Object.fromEntries(
      Object.entries(state.runs).map(([id, run]) => [id, { ...run, stoppedAtMs: at(3) }]),
    );

    const lived = live({ ...unlived, state: { ...state, runs: stopped } }, [4, 4], policy, {
      look: untold,
    });

    expect(isOver(lived)).toEqual([4]);
  });
});

describe("an empty list is the end of the pods at once", () => {
  it.each([
    ["when the burn fell", { pods: [], burnPerHrUsd: 0 }],
    ["when only storage burns", { pods: [], burnPerHrUsd: 0.5 }],
    [
      "when RunPod, asked for each pod, says that it is gone",
      { pods: [], burnPerHrUsd: 0, isBurnAddedUp: true, goneIds: ["p1"] },
    ],
  ])("%s", (_sentence, look) => {
    const lived = live(unlived, [0, 4], policy, (n) => (n < 3 ? {} : { look }));

    expect(isOver(lived)).toEqual([3]);
  });

  it("but not where the cost of a pod was unknown, and something burns", () => {
    const costless = { look: { pods: [pod({ costPerHrUsd: undefined })] } };
    const lived = live(unlived, [0, 3], policy, (n) =>
      n < 3 ? costless : { look: { pods: [], burnPerHrUsd: 0.02 } },
    );

    expect(isOver(lived)).toEqual([]);
  });
});

it("a poll that fails says nothing of an empty list before it", () => {
  const state = { ...live(unlived, [0, 3], policy, (n) => (n < 3 ? {} : empty)).state };

  const after = live({ ...unlived, state }, [4, 4], policy, { look: "blind" }).state;

  expect(state.emptySinceMs).toBe(at(3));
  expect(after.emptySinceMs).toBe(at(3));
});

describe("a poll that may prove an end", () => {
  const { state } = live(unlived, [0, 3], policy);
  const atMs = at(4);
  const base = { kind: "seen", atMs, balanceUsd: 9, pods: [], unreadablePods: 0 } as const;

  it.each<[string, Look, "unknown" | readonly Pod[] | undefined]>([
    ["proves nothing with an empty list alone", { ...base, burnPerHrUsd: undefined }, "unknown"],
    [
      "proves what RunPod itself says is gone",
      { ...base, burnPerHrUsd: undefined, goneIds: ["p1"] },
      [],
    ],
    ["proves it although the burn that RunPod says lags", { ...base, burnPerHrUsd: 1.49 }, []],
    ["proves nothing when it failed", blind(atMs), undefined],
  ])("%s", (_sentence, look, expected) => {
    const found = believedForProof(state, look);

    expect(found.kind === "seen" ? found.pods : undefined).toEqual(expected);
  });
});
