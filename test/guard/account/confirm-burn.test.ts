import { describe, expect, it } from "vitest";
import { burnBefore, isConfirmed, laggingIn, stricter } from "#guard/account/confirm-burn.ts";
import { decide } from "#guard/decide.ts";
import type { Seen } from "#guard/model/account.ts";
import type { BurnBefore, Outcome } from "#guard/model/effect.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { after, endsOf, hourMs, minuteMs, pod, policyWith, seen, wordsOf } from "../samples.ts";

const runs = pod({ id: "p1", costPerHrUsd: 2 });
const exited = pod({ ...runs, status: "stopped", word: "EXITED" });
const other = pod({ id: "p2", costPerHrUsd: 1 });
const before = seen({ burnPerHrUsd: 3, pods: [runs, other] });
const now = (overrides: Partial<Seen>) => seen({ pods: [exited, other], ...overrides });

describe("an end is confirmed by the burn", () => {
  it.each<[string, Seen, Seen, boolean]>([
    ["that fell by the pod's price", before, now({ burnPerHrUsd: 1 }), true],
    ["that fell by half of it", before, now({ burnPerHrUsd: 2 }), true],
    ["but not by less", before, now({ burnPerHrUsd: 2.1 }), false],
    ["but not by one that stands still", before, now({ burnPerHrUsd: 3 }), false],
    [
      "that another pod explains, which has started",
      before,
      now({ burnPerHrUsd: 4, pods: [exited, other, pod({ id: "p3", costPerHrUsd: 3 })] }),
      true,
    ],
    [
      "but not by one that fell as another pod stopped",
      before,
      now({ burnPerHrUsd: 2, pods: [exited, { ...other, status: "stopped" }] }),
      false,
    ],
    [
      "beside storage that burnt before",
      seen({ ...before, burnPerHrUsd: 3.4 }),
      now({ burnPerHrUsd: 1.4 }),
      true,
    ],
    [
      "that fell, where the price of another pod is unknown",
      before,
      now({ burnPerHrUsd: 1, pods: [exited, { ...other, costPerHrUsd: undefined }] }),
      true,
    ],
    [
      "that fell, where rows cannot be read",
      before,
      now({ burnPerHrUsd: 1, unreadablePods: 1 }),
      true,
    ],
    [
      "but not by one that stands still, where rows cannot be read",
      before,
      now({ burnPerHrUsd: 3, unreadablePods: 1 }),
      false,
    ],
    ["but not by none", before, now({ burnPerHrUsd: undefined }), false],
    [
      "but not by one that was added up from the pods",
      before,
      now({ burnPerHrUsd: 1, isBurnAddedUp: true }),
      false,
    ],
    [
      "that all pods explain, where it was unknown before",
      seen({ ...before, burnPerHrUsd: undefined }),
      now({ burnPerHrUsd: 1 }),
      true,
    ],
    [
      "but not where it was unknown before and is not explained",
      seen({ ...before, burnPerHrUsd: 3, isBurnAddedUp: true }),
      now({ burnPerHrUsd: 3 }),
      false,
    ],
  ])("%s", (_sentence, was, is, expected) => {
    expect(isConfirmed(burnBefore(runs, was), is)).toBe(expected);
  });
});

it("an end is confirmed by any fall where the pod's own price was unknown", () => {
  const priceless = { ...runs, costPerHrUsd: undefined };
  const was = burnBefore(priceless, seen({ ...before, pods: [priceless, other] }));

  expect(isConfirmed(was, now({ burnPerHrUsd: 2.9 }))).toBe(true);
  expect(isConfirmed(was, now({ burnPerHrUsd: 3 }))).toBe(false);
});

describe("the lag of an earlier stop does not confirm a later one that is still billed", () => {
  const dear = pod({ id: "p1", name: "dear", costPerHrUsd: 5 });
  const cheap = pod({ id: "p2", name: "cheap", costPerHrUsd: 1 });
  const off = (each: typeof dear) => pod({ ...each, status: "stopped", word: "EXITED" });
  const policy = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const look = (minute: number, burnPerHrUsd: number, pods: Seen["pods"]) =>
    seen({ atMs: minute * minuteMs, balanceUsd: 0.4, burnPerHrUsd, pods });
  const endNow = (state: GuardState, podId: string, minute: number, is: Seen): GuardState => {
    const end = endsOf(state.owed).find((each) => each.podId === podId);
    const burnt = end?.burnBefore;
    const unconfirmed = burnt !== undefined && !isConfirmed(burnt, is) ? burnt : undefined;
    const outcome = { kind: "done", because: "EXITED", tail: "", podIs: "stopped" } as const;
    const settled = { kind: "settled", id: end?.id ?? "", atMs: minute * minuteMs } as const;
    return decide(state, { ...settled, outcome: { ...outcome, unconfirmed } }, policy).state;
  };
  const burnOf = (state: GuardState, podId: string) =>
    endsOf(state.owed).find((each) => each.podId === podId)?.burnBefore;

  it("where the earlier one is proven and the burn does not show it yet", () => {
    const first = after([look(0, 5, [dear])], policy);
    const lag = look(1, 6, [off(dear), cheap]);
    const ended = endNow(first.state, "p1", 1, lag);

    const second = after([lag], policy, ended);
    const billed = look(2, 1, [off(dear), off(cheap)]);
    const all = endNow(second.state, "p2", 2, billed);
    const told = after([look(5, 1, [off(dear), off(cheap)])], policy, all);

    expect(burnOf(second.state, "p2")).toEqual({
      costPerHrUsd: 1,
      burnPerHrUsd: 6,
      unexplainedPerHrUsd: 0,
    });
    expect(wordsOf(told.events).join()).toContain(
      "not confirmed by the burn: pod cheap (p2) ended, but the account still burns $1.00/h",
    );
    expect(told.state.unconfirmed.map(({ podId }) => podId)).toEqual(["p2"]);
  });

  it("where the earlier one has stopped and is not proven yet", () => {
    const first = after([look(0, 5, [dear])], policy);

    const second = after([look(1, 6, [off(dear), cheap])], policy, first.state);

    expect(burnOf(second.state, "p2")).toMatchObject({ unexplainedPerHrUsd: 0 });
  });

  it("where the earlier one's price is unknown", () => {
    const priceless = { ...dear, costPerHrUsd: undefined };
    const first = after([look(0, 5, [priceless])], policy);

    const second = after([look(1, 6, [off(priceless), cheap])], policy, first.state);

    expect(burnOf(second.state, "p2")).toMatchObject({ unexplainedPerHrUsd: 0 });
  });

  it("nor where the pods are not listed", () => {
    const { state } = after([look(0, 5, [dear])], policy);

    expect(laggingIn(state, look(1, 6, "unknown"))).toMatchObject([{ podId: "p1" }]);
  });

  it("nor where both are asked for in the same poll", () => {
    const { state } = after([look(0, 6, [dear, cheap])], policy);

    expect(burnOf(state, "p2")).toMatchObject({ burnPerHrUsd: 6, unexplainedPerHrUsd: 0 });
  });

  it("but storage that burns beside it all the time does not leave it unconfirmed", () => {
    const first = after([look(0, 5.8, [dear])], policy);

    const second = after([look(1, 6.8, [off(dear), cheap])], policy, first.state);
    const later = after([look(1, 1.8, [off(dear), cheap])], policy, first.state);

    for (const { state } of [second, later]) {
      expect(burnOf(state, "p2")?.unexplainedPerHrUsd).toBeCloseTo(0.8);
    }
    const burnt = burnOf(second.state, "p2") ?? {};
    expect(isConfirmed(burnt, look(2, 0.8, [off(dear), off(cheap)]))).toBe(true);
  });
});

it.each<[string, BurnBefore | undefined, BurnBefore, BurnBefore]>([
  [
    "of two moments the lower burn counts",
    { costPerHrUsd: 1, burnPerHrUsd: 6, unexplainedPerHrUsd: 0 },
    { costPerHrUsd: 2, burnPerHrUsd: 5, unexplainedPerHrUsd: 3 },
    { costPerHrUsd: 2, burnPerHrUsd: 5, unexplainedPerHrUsd: 0 },
  ],
  [
    "what the one does not know the other may",
    { costPerHrUsd: 1, burnPerHrUsd: 6 },
    { unexplainedPerHrUsd: 3 },
    { costPerHrUsd: 1, burnPerHrUsd: 6, unexplainedPerHrUsd: 3 },
  ],
  ["there may be one moment only", undefined, { burnPerHrUsd: 5 }, { burnPerHrUsd: 5 }],
])("%s", (_sentence, one, other, expected) => {
  expect(stricter(one, other)).toEqual(expected);
});

describe("an end that the burn does not confirm", () => {
  const policy = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const outcome: Outcome = {
    kind: "done",
    because: "the pod is EXITED; not confirmed by the burn ($2.00/h to $2.00/h)",
    tail: "",
    podIs: "stopped",
    unconfirmed: { costPerHrUsd: 2, burnPerHrUsd: 2, unexplainedPerHrUsd: 0 },
  };
  const look = (minute: number, overrides: Partial<Seen> = {}) =>
    seen({
      atMs: minute * minuteMs,
      balanceUsd: 0.4,
      burnPerHrUsd: 2,
      pods: [exited],
      ...overrides,
    });

  it("is told too where only a later try found the pod stopped", () => {
    const { state } = after([look(0, { pods: [runs] })], policy);
    const [end] = endsOf(state.owed);
    const settled = (kind: Outcome["kind"], atMs: number, more: Partial<Outcome>) =>
      ({
        kind: "settled",
        id: end?.id ?? "",
        atMs,
        outcome: { kind, because: "it took long", tail: "", ...more },
      }) as const;

    const failed = decide(state, settled("failed", 10_000, {}), policy);
    const [owed] = endsOf(failed.state.owed);
    const found = settled("moot", 20_000, { podIs: "stopped", unconfirmed: owed?.burnBefore });
    const over = decide(failed.state, found, policy);
    const told = after([look(3)], policy, over.state);

    expect(owed?.burnBefore).toEqual({ costPerHrUsd: 2, burnPerHrUsd: 2, unexplainedPerHrUsd: 0 });
    expect(burnSaid(told.events)).toEqual([
      expect.stringContaining("not confirmed by the burn: pod trainer (p1) ended"),
    ]);
  });

  /** The state after the pod was seen stopped at minute 1, at unchanged burn. */
  const ended = (): GuardState => {
    const { state } = after([look(0, { pods: [runs] })], policy);
    const [end] = endsOf(state.owed);
    const id = end?.id ?? "";
    return decide(state, { kind: "settled", id, atMs: minuteMs, outcome }, policy).state;
  };
  const burnSaid = (events: Parameters<typeof wordsOf>[0]) =>
    wordsOf(events).filter((words) => /^burn: (not|the burn)/.test(words));

  it("is looked at again at each poll, and told after two minutes, then hourly", () => {
    const soon = after([look(2)], policy, ended());
    const due = after([look(3)], policy, soon.state);
    const again = after([look(4)], policy, due.state);
    const hourly = after([look(63)], policy, again.state);

    const words = [
      "burn: not confirmed by the burn: pod trainer (p1) ended, but the account still burns $2.00/h that no running pod explains. Check RunPod's console",
    ];
    expect(burnSaid(soon.events)).toEqual([]);
    expect(burnSaid(due.events)).toEqual(words);
    expect(burnSaid(again.events)).toEqual([]);
    expect(burnSaid(hourly.events)).toEqual(words);
  });

  it("is not put down to serverless workers and storage meanwhile", () => {
    const { events } = after([look(3), look(6)], policy, ended());

    expect(wordsOf(events).join()).not.toContain("serverless");
  });

  it("is over in silence once the burn has fallen, if it was not told yet", () => {
    const { state, events } = after([look(2, { burnPerHrUsd: 0 })], policy, ended());

    expect(state.unconfirmed).toEqual([]);
    expect(burnSaid(events)).toEqual([]);
  });

  it("is told to be confirmed if it was told before", () => {
    const told = after([look(3)], policy, ended());

    const { state, events } = after([look(9, { burnPerHrUsd: 0 })], policy, told.state);

    expect(state.unconfirmed).toEqual([]);
    expect(burnSaid(events)).toEqual(["burn: the burn now confirms that pod trainer (p1) ended"]);
  });

  it("is no longer a question once the pod runs again", () => {
    const { state } = after([look(2, { pods: [runs] })], policy, ended());

    expect(state.unconfirmed).toEqual([]);
  });

  it("waits while the pods are not listed", () => {
    const { state, events } = after([look(9, { pods: "unknown" })], policy, ended());

    expect(state.unconfirmed).toHaveLength(1);
    expect(burnSaid(events)).toEqual([]);
  });

  it("is told once, and not every hour, while RunPod does not say what burns", () => {
    const unknown = { burnPerHrUsd: undefined };
    const first = after([look(3, unknown)], policy, ended());
    const later = after([look(3 + (9 * hourMs) / minuteMs, unknown)], policy, first.state);

    expect(burnSaid(first.events)).toEqual([
      "burn: not confirmed by the burn: pod trainer (p1) ended, but RunPod does not say what burns. Check RunPod's console",
    ]);
    expect(burnSaid(later.events)).toEqual([]);
    expect(later.state.unconfirmed).toHaveLength(1);
  });

  describe("while RunPod never says what burns", () => {
    const unknown = { burnPerHrUsd: undefined };
    const another = (state: GuardState, atMinutes: number): GuardState => ({
      ...state,
      unconfirmed: [
        ...state.unconfirmed,
        ...ended().unconfirmed.map((each) => ({
          ...each,
          podId: "p2",
          name: "other",
          endedAtMs: atMinutes * minuteMs,
        })),
      ],
    });

    it("is told of the first end alone; of the others once RunPod says that they still burn", () => {
      const first = after([look(3, unknown)], policy, ended());
      const second = after([look(30, unknown)], policy, another(first.state, 10));
      const said = after([look(31)], policy, second.state);

      expect(burnSaid(second.events)).toEqual([]);
      expect(second.state.unconfirmed).toHaveLength(2);
      expect(burnSaid(said.events)).toEqual([
        "burn: not confirmed by the burn: pod other (p2) ended, but the account still burns $2.00/h that no running pod explains. Check RunPod's console",
      ]);
    });

    it("is told anew of an end after RunPod has said it in between", () => {
      const first = after([look(3, unknown), look(4)], policy, ended());
      const second = after([look(30, unknown)], policy, another(first.state, 10));

      expect(burnSaid(second.events)).toEqual([
        expect.stringContaining("pod other (p2) ended, but RunPod does not say what burns"),
      ]);
    });

    it("an end is not waited for any longer than a week", () => {
      const weekLater = 8 * 24 * 60;
      const { state } = after([look(3, unknown), look(weekLater, unknown)], policy, ended());

      expect(state.unconfirmed).toEqual([]);
    });
  });

  it("names the whole burn where a pod's part of it is unknown", () => {
    const { events } = after([look(3, { unreadablePods: 1 })], policy, ended());

    expect(burnSaid(events)).toEqual([
      "burn: not confirmed by the burn: pod trainer (p1) ended, but the account still burns $2.00/h. Check RunPod's console",
    ]);
  });

  it("of a pod whose run was never followed is remembered all the same, once", () => {
    const state: GuardState = { ...ended(), runs: {} };
    const [, ...rest] = state.unconfirmed;
    const end = {
      kind: "end-pod",
      id: "again",
      threshold: "emergency",
      belowUsd: 0.5,
      podId: "p1",
      action: "stop",
      because: "low",
      tries: 0,
      notBeforeMs: 0,
    } as const;

    const next = decide(
      { ...state, owed: [end] },
      { kind: "settled", id: "again", atMs: 9, outcome },
      policy,
    );

    expect(rest).toEqual([]);
    expect(next.state.unconfirmed).toMatchObject([{ podId: "p1", name: "", endedAtMs: 9 }]);
  });

  it("is nothing that other outcomes leave behind", () => {
    const state: GuardState = { ...emptyState, owed: after([look(0)], policy).state.owed };
    const [notice] = state.owed;

    const next = decide(
      state,
      { kind: "settled", id: notice?.id ?? "", atMs: 9, outcome: { ...outcome, podIs: undefined } },
      policy,
    );

    expect(next.state.unconfirmed).toEqual([]);
  });
});
