import { describe, expect, it } from "vitest";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { after, hourMs, noticesOf, pod, policyWith, seen, wordsOf } from "../samples.ts";

const policy = policyWith({ protect: ["keep*"] });
const kept = pod({ id: "k1", name: "keep-me", costPerHrUsd: 4 });
const locked = pod({ id: "l1", name: "db", isLocked: true, costPerHrUsd: 0.48 });
const look = (balanceUsd: number, atMs: number, overrides: Partial<Seen> = {}) =>
  seen({ atMs, balanceUsd, burnPerHrUsd: 4.48, pods: [kept, locked], ...overrides });
const said = (events: Parameters<typeof wordsOf>[0], start: string) =>
  wordsOf(events).filter((words) => words.startsWith(start));

describe("the crossing of $0", () => {
  it("is told once, and again after the balance was above it", () => {
    const before = after([look(0.1, 0)], policy);
    const at = after([look(-0.02, 1)], policy, before.state);
    const below = after([look(-3, 2)], policy, at.state);
    const again = after([look(5, 3), look(0, 4)], policy, below.state);

    const words = (balance: string) => [
      expect.stringMatching(
        new RegExp(`^zero: the balance is ${balance}\\. RunPod now stops pods`),
      ),
    ];
    expect(said(before.events, "zero")).toEqual([]);
    expect(said(at.events, "zero")).toEqual(words("-\\$0\\.02"));
    expect(said(below.events, "zero")).toEqual([]);
    expect(said(again.events, "zero")).toEqual(words("\\$0\\.00"));
  });

  it("is told at the first poll of an account that is below it already, and not after a restart", () => {
    const first = after([look(-1, 0)], policy);
    const restarted = JSON.parse(JSON.stringify(first.state)) as GuardState;

    expect(noticesOf(first.state.owed).map(({ event }) => event)).toContain("zero");
    expect(said(after([look(-1, 60_000)], policy, restarted).events, "zero")).toEqual([]);
  });

  it("of an account that is billed afterwards says that RunPod stops nothing, also where a poll does not tell", () => {
    const postpaid = { billingMode: "POSTPAID" } as const;
    const first = after([look(0, 0, postpaid)], policy);
    const later = after([look(5, 0, postpaid), look(-1, 1)], policy);

    const words = (balance: string) =>
      `zero: the balance is ${balance}. RunPod bills this account afterwards (POSTPAID) and stops no pod for it. Still burning`;
    expect(said(first.events, "zero")[0]).toContain(words("$0.00"));
    expect(said(later.events, "zero")[0]).toContain(words("-$1.00"));
  });

  it("names what still burns", () => {
    const { events } = after([look(0, 0)], policy);

    expect(said(events, "zero")[0]).toMatch(
      /Still burning \$4\.48\/h: keep-me \(k1, protected\), db \(l1, locked\)$/,
    );
  });

  it("says that nothing burns, or that no pod does, or that nobody knows", () => {
    const none = { burnPerHrUsd: 0, pods: [] };
    const nothing = after([look(0, 0, none)], policy);
    const noPod = after([look(0, 0, { ...none, isBurnAddedUp: true })], policy);
    const unknown = after([look(0, 0, { burnPerHrUsd: undefined, pods: "unknown" })], policy);

    expect(said(nothing.events, "zero")[0]).toMatch(/Nothing is burning$/);
    expect(said(noPod.events, "zero")[0]).toMatch(/No pod is burning$/);
    expect(said(unknown.events, "zero")[0]).toMatch(/The burn is unknown$/);
  });
});

describe("pods that nothing here may stop, below the lowest threshold", () => {
  it("are named at once, and every hour", () => {
    const first = after([look(0.4, 0)], policy);
    const soon = after([look(0.3, hourMs / 2)], policy, first.state);
    const later = after([look(-2, hourMs)], policy, soon.state);

    expect(said(first.events, "burn")).toEqual([
      "burn: 2 pods that nothing here may stop: keep-me (k1, protected), db (l1, locked). Still burning $4.48/h. $0 in about 5 min",
    ]);
    expect(said(soon.events, "burn")).toEqual([]);
    expect(said(later.events, "burn")).toEqual([
      "burn: 2 pods that nothing here may stop: keep-me (k1, protected), db (l1, locked). Still burning $4.48/h",
    ]);
  });

  it.each<[string, Seen]>([
    ["above it", look(0.5, 0)],
    ["none of which runs", look(0.4, 0, { pods: [{ ...kept, status: "stopped" }] })],
    ["where all may be stopped", look(0.4, 0, { pods: [pod()] })],
    ["where the pods are unknown", look(0.4, 0, { pods: "unknown" })],
  ])("are not named %s", (_sentence, at) => {
    expect(said(after([at], policy).events, "burn")).toEqual([]);
  });

  it.each<[string, Pod, string]>([
    [
      "of which the name is unknown",
      pod({ name: "", rawName: undefined }),
      "p1 (its name is unknown)",
    ],
    [
      "of which the lock is unknown",
      pod({ isLocked: undefined }),
      "trainer (p1, whether it is locked is unknown)",
    ],
  ])("are those %s, too", (_sentence, each, words) => {
    const { events } = after([look(0.4, 0, { pods: [each] })], policy);

    expect(said(events, "burn")[0]).toContain(`a pod that nothing here may stop: ${words}.`);
  });

  it("are at most five by name", () => {
    const pods = Array.from({ length: 7 }, (_, n) => ({ ...kept, id: `k${n}` }));

    const { events } = after([look(0.4, 0, { pods })], policy);

    expect(said(events, "burn")[0]).toContain("keep-me (k4, protected) and 2 more.");
  });

  it("are named at once when the balance falls again", () => {
    const { state } = after([look(0.4, 0), look(9, 1)], policy);

    expect(said(after([look(0.4, 2)], policy, state).events, "burn")).toHaveLength(1);
  });

  it("are not named where there is no threshold", () => {
    const none = policyWith({ thresholds: [], protect: ["keep*"] });

    expect(said(after([look(0.4, 0)], none).events, "burn")).toEqual([]);
  });
});
