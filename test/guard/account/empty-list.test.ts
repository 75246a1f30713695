import { describe, expect, it } from "vitest";
import {
  at,
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

describe("an empty list is the end of the pods at once", () => {
  it.each([
    ["when the burn fell", { pods: [], burnPerHrUsd: 0 }],
    ["when only storage burns", { pods: [], burnPerHrUsd: 0.5 }],
    ["when RunPod does not say what burns", { pods: [], burnPerHrUsd: undefined }],
    ["when the burn is added up from the pods", { pods: [], burnPerHrUsd: 2, isBurnAddedUp: true }],
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
