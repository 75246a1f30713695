import { describe, expect, it } from "vitest";
import { withKept } from "#guard/account/kept.ts";
import type { Pod } from "#guard/model/account.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { after, endsOf, pod, policyWith, seen, wordsOf } from "../samples.ts";

const backstop = { action: "stop", afterMs: 0 } as const;
const keep = policyWith({ backstop, protect: ["keep-*"] });
const low = (atMs: number, ...pods: readonly Pod[]) =>
  seen({ atMs, balanceUsd: 0.4, burnPerHrUsd: 9, pods });
const called = (name: string, overrides: Partial<Pod> = {}) => pod({ name, ...overrides });
const endedBy = ({ owed }: GuardState) => endsOf(owed).map(({ podId }) => podId);

describe("a pod that was protected by its name and is renamed", () => {
  it("stays protected, and it is said once how a person lifts that", () => {
    const first = after([low(0, called("keep-me"))], keep);
    const renamed = after([low(60_000, called("trash"))], keep, first.state);
    const later = after([low(120_000, called("trash"))], keep, renamed.state);

    expect([first, renamed, later].flatMap(({ state }) => endedBy(state))).toEqual([]);
    expect(wordsOf(renamed.events)).toContain(
      'trouble: pod trash (p1) was called "keep-me", which protect has as "keep-*", and was renamed. It stays protected. To let it be stopped, change that rule in the config and reload it',
    );
    expect(wordsOf(later.events).join()).not.toContain("renamed");
  });

  it("stays so when it is renamed again, and that is said again", () => {
    const { state } = after([low(0, called("keep-me")), low(1, called("a"))], keep);

    const again = after([low(2, called("b"))], keep, state);

    expect(endedBy(again.state)).toEqual([]);
    expect(wordsOf(again.events).join()).toContain('pod b (p1) was called "keep-me"');
  });

  it("stays so over a restart", () => {
    const { state } = after([low(0, called("keep-me"))], keep);
    const saved = JSON.parse(JSON.stringify(state)) as GuardState;

    expect(endedBy(after([low(60_000, called("trash"))], keep, saved).state)).toEqual([]);
  });

  it("stays so when it was away, and while its name was unknown", () => {
    const away = [
      low(0, called("keep-me")),
      low(1),
      low(2, called("", { rawName: undefined })),
      seen({ atMs: 3, pods: "unknown" }),
    ];

    const { state } = after([...away, low(4, called("trash"))], keep);

    expect(endedBy(state)).toEqual([]);
  });

  it("is free once a person has changed the rule", () => {
    const { state } = after([low(0, called("keep-me")), low(1, called("trash"))], keep);
    const otherwise = policyWith({ backstop, protect: ["keep-db"] });

    const lifted = after(
      [low(60_000, called("trash")), low(60_001, called("trash"))],
      otherwise,
      state,
    );

    expect(endedBy(lifted.state)).toEqual(["p1"]);
    expect(lifted.state.kept).toEqual({});
  });

  it("is protected as ever when it gets its name back, and nothing is said of it", () => {
    const { state } = after([low(0, called("keep-me")), low(1, called("trash"))], keep);

    const back = after([low(2, called("keep-me"))], keep, state);

    expect(wordsOf(back.events).join()).not.toContain("renamed");
    expect(back.state.kept).toEqual({ p1: { name: "keep-me", rule: "keep-*" } });
  });

  it("counts as called otherwise when another rule protects it now", () => {
    const two = policyWith({ backstop, protect: ["keep-*", "db"] });
    const { state } = after([low(0, called("keep-me")), low(1, called("db"))], two);

    expect(state.kept).toEqual({ p1: { name: "db", rule: "db" } });
  });

  it("keeps the rule that it had while that still matches", () => {
    const two = policyWith({ backstop, protect: ["*-me", "keep-*"] });
    const before = { ...emptyState, kept: { p1: { name: "keep-me", rule: "keep-*" } } };

    const { state } = after([low(0, called("keep-me"))], two, before);

    expect(state.kept).toBe(before.kept);
  });
});

describe("what is remembered", () => {
  it.each([
    ["a pod that no rule matches", called("trainer")],
    ["a pod that is protected by its id, whatever its name", called("x", { id: "keep-1" })],
  ])("is nothing of %s", (_sentence, each) => {
    expect(after([low(0, each)], keep).state.kept).toEqual({});
  });

  it("is at most a thousand pods that are gone, beside those that are there", () => {
    const many = Array.from({ length: 1_200 }, (_, n) => called("keep-me", { id: `p${n}` }));

    const { state } = after([low(0, ...many), low(1, called("keep-me", { id: "new" }))], keep);

    expect(Object.keys(state.kept)).toHaveLength(1_001);
    expect(Object.keys(state.kept)).toContain("new");
  });

  it("protects by id, whoever asks", () => {
    const kept = { p1: { name: "keep-me", rule: "keep-*" }, p2: { name: "x", rule: "gone" } };

    expect(withKept({ protect: ["keep-*"] }, { kept }).protect).toEqual(["keep-*", "p1"]);
    expect(withKept(keep, emptyState)).toBe(keep);
  });
});
