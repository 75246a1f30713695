import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { EndRun, EndStopped, Outcome } from "#guard/model/effect.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { at, cluster, minuteMs, noticesOf, pod } from "../../samples.ts";
import {
  endsIn,
  mootIn,
  pass,
  saidIn,
  still,
  take,
  type Times,
  untouched,
  watching,
} from "./lived.ts";

const policy = watching();
/** Warned at minute 105, and to be deleted at minute 120. */
const owed = pass(untouched, [0, 120], policy);

function settled(before: Times, minute: number, outcome: Partial<Outcome>, by: Policy = policy) {
  const [effect] = endsIn(before.state);
  const whole: Outcome = { kind: "done", because: "as asked", tail: "", ...outcome };
  const input = {
    kind: "settled",
    id: effect?.id ?? "",
    atMs: at(minute),
    outcome: whole,
  } as const;
  return take(before, minute, decide(before.state, input, by));
}

function endsAt(
  shown: Parameters<typeof pass>[3],
  last = 300,
  by: Policy = policy,
): readonly (readonly [number, string])[] {
  return pass(untouched, [0, last], by, shown).ends;
}

describe("a pod that is to be deleted", () => {
  it("is warned of, and then its end is owed", () => {
    const { state, ends } = owed;

    expect(saidIn(owed)).toEqual([
      [
        105,
        "stopped: pod trainer (p1) will be terminated in 15 min: stopped for 2 h. Its disk is billed all the same, at $0.20 a GB and month. What is on the network volume stays. To keep it: start it, or add it to protect in the config",
      ],
    ]);
    expect(ends).toEqual([[120, "p1"]]);
    expect(endsIn(state)).toEqual([
      {
        kind: "end-stopped",
        id: `end-stopped:p1:${at(120)}`,
        reason: "stopped_2h",
        podId: "p1",
        podName: "trainer",
        stoppedSinceMs: at(0),
        because: "stopped for 2 h",
        tries: 0,
        notBeforeMs: at(120),
      },
    ]);
    expect(noticesOf(state.owed)[0]).toMatchObject({
      event: "warn",
      name: "stopped",
      incident: "stopped:pods:p1",
    });
    expect(state.unrecorded.map(({ type, reason }) => [type, reason])).toEqual([
      ["warn", "stopped_2h"],
    ]);
  });

  it("is so at once where there are no warnings", () => {
    const unwarned = watching({}, {}, { warnMs: 0 });

    const after = pass(untouched, [0, 125], unwarned);

    expect(saidIn(after)).toEqual([]);
    expect(after.ends).toEqual([[120, "p1"]]);
  });

  it("is warned of together with others, of which the first few are named", () => {
    const rows = Array.from({ length: 7 }, (_, n) => still({ id: `p${n}`, name: `n${n}` }));
    const channels = [{ name: "phone", minSeverity: "info" }] as const;

    const { state } = pass(untouched, [0, 105], watching({}, { channels }), rows);

    const notice = noticesOf(state.owed).find(({ channel }) => channel === "phone");
    expect(notice?.because).toContain("and 2 more will be terminated, the first in 15 min");
    expect(notice?.remedy?.words).toMatch(/^To keep one:/);
    expect(notice?.next?.map(({ what }) => what)).toEqual([
      ...rows.slice(0, 5).map(({ id, name }) => `terminate pod ${name} (${id})`),
      "terminate 2 more",
    ]);
  });

  it("may be one without a network volume only where its data may be lost, which the warning says", () => {
    const losing = watching({ losesData: true });

    const after = pass(untouched, [0, 120], losing, [still({ hasNetworkVolume: false })]);

    expect(saidIn(after)[0]?.[1]).toContain("What is not on a network volume is deleted with it");
    expect(after.ends).toEqual([[120, "p1"]]);
  });

  it.each<[string, Partial<Pod>, string]>([
    [
      "it has no network volume",
      { hasNetworkVolume: false },
      "Not terminated: it has no network volume, and its data would be deleted with it",
    ],
    [
      "it is not known to have one",
      { hasNetworkVolume: undefined },
      "Not terminated: whether it has a network volume is unknown",
    ],
    ["it is locked", { isLocked: true }, "Not terminated: it is locked"],
    [
      "it is not known to be unlocked",
      { isLocked: undefined },
      "Not terminated: whether it is locked is unknown",
    ],
    ["its name is unknown", { rawName: undefined }, "Not terminated: its name is unknown"],
    [
      "the interfaces do not agree on it",
      { doubt: "why REST does not list it" },
      "Not terminated: why REST does not list it is unknown",
    ],
  ])("is none where %s: that is told", (_sentence, of, words) => {
    const after = pass(untouched, [0, 200], policy, [still(of)]);

    expect(after.ends).toEqual([]);
    const told = saidIn(after).filter(([, said]) => said.startsWith("stopped:"));
    expect(told).toHaveLength(1);
    expect(told[0]?.[1]).toContain(words);
  });

  it.each<[string, readonly Pod[] | Partial<Seen>, Policy]>([
    ["a cluster", [cluster({ status: "stopped", hasNetworkVolume: true })], policy],
    ["protected", [still()], watching({}, { protect: ["p1"] })],
    ["not one that the guard is for", [still()], watching({ pods: ["web-*"] })],
    ["of an unknown status", [still({ status: "unknown", word: "ODD" })], policy],
    ["not listed", { pods: "unknown" }, policy],
  ])("is none that is %s", (_sentence, shown, by) => {
    expect(endsAt(shown, 300, by)).toEqual([]);
  });

  it.each<[string, (minute: number) => readonly Pod[] | Partial<Seen> | "blind", number]>([
    ["nobody looked for a while", (n) => (n > 30 && n < 40 ? "blind" : [still()]), 160],
    ["nobody looked for two minutes", (n) => (n > 30 && n < 33 ? "blind" : [still()]), 120],
    [
      "it was not listed for a while",
      (n) => (n > 30 && n < 40 ? { pods: "unknown" } : [still()]),
      160,
    ],
    [
      "its status was unknown for long",
      (n) => [n > 30 && n < 40 ? still({ status: "unknown" }) : still()],
      160,
    ],
    [
      "its status was unknown for a poll, and it was stopped all the while",
      (n) => [n === 30 ? still({ status: "unknown" }) : still()],
      120,
    ],
    [
      "its row could not be read for long",
      (n) => (n > 30 && n < 40 ? { pods: [], unreadablePods: 1 } : [still()]),
      160,
    ],
    ["it was started again", (n) => [n === 30 ? pod() : still()], 150],
    ["it was protected meanwhile", (n) => [still({ name: n === 30 ? "kept" : "trainer" })], 120],
  ])("counts anew, or goes on, once %s", (_sentence, shown, expected) => {
    expect(endsAt(shown)[0]?.[0]).toBe(expected);
  });

  it("is warned of anew once its end was put off, and the first warning is withdrawn", () => {
    const shown = (minute: number) => (minute > 110 && minute < 115 ? "blind" : [still()]);

    const after = pass(untouched, [0, 240], policy, shown);

    expect(saidIn(after).map(([minute]) => minute)).toEqual([105, 220]);
    expect(mootIn(after)).toEqual([
      [116, "the pod is no longer stopped, or not to be deleted now"],
    ]);
    expect(after.ends).toEqual([[235, "p1"]]);
  });

  it("is not warned of any more where the config only tells of it now", () => {
    const telling = watching({ action: "notify" });

    const { state } = pass(pass(untouched, [0, 110], policy), [111, 112], telling);

    expect(noticesOf(state.owed)).toEqual([]);
    expect(state.stoppedPods?.["p1"]?.warnedAtMs).toBeUndefined();
  });
});

describe("an end that is owed", () => {
  it.each<[string, readonly Pod[], Policy, string]>([
    ["starts again", [pod()], policy, "the pod runs again"],
    ["is about to run", [pod({ status: "pending" })], policy, "the pod runs again"],
    ["is protected", [still()], watching({}, { protect: ["p1"] }), "the pod is protected"],
    [
      "is not meant any more",
      [still()],
      watching({ pods: [] }),
      "the config no longer asks for it",
    ],
    [
      "is only told of now",
      [still()],
      watching({ action: "notify" }),
      "the config no longer asks for it",
    ],
    [
      "has no guard any more",
      [still()],
      watching({}, {}, { stopped: undefined }),
      "the config no longer asks for it",
    ],
    [
      "has no network volume",
      [still({ hasNetworkVolume: false })],
      policy,
      "it has no network volume, and its data would be deleted with it",
    ],
    [
      "is a cluster's now",
      [cluster({ id: "p1", status: "stopped" })],
      policy,
      "another thing has this id now",
    ],
    [
      "has more time",
      [still()],
      watching({ afterMs: 300 * minuteMs }),
      "the pod got more time, or may have run meanwhile",
    ],
  ])("is dropped once its pod %s", (_sentence, rows, by, because) => {
    const after = pass(owed, [121, 121], by, rows);

    expect(endsIn(after.state)).toEqual([]);
    expect(mootIn(after)).toContainEqual([121, because]);
  });

  it.each<[string, readonly Pod[] | Partial<Seen>]>([
    ["are not listed", { pods: "unknown" }],
    ["are listed without it: its end finds out how it went", []],
    ["say that it is gone", [still({ status: "gone" })]],
    ["say an unknown word of it", [still({ status: "unknown" })]],
    ["have a row that cannot be read", { pods: [], unreadablePods: 1 }],
  ])("stays while the pods %s", (_sentence, shown) => {
    expect(endsIn(pass(owed, [121, 121], policy, shown).state)).toHaveLength(1);
  });

  it("that is done is told, counted and forgotten", () => {
    const after = settled(owed, 121, { podIs: "gone" });

    expect(after.state.guardEndsAtMs).toEqual([at(121)]);
    expect(after.state.stoppedPods).toBeUndefined();
    expect(saidIn(after).at(-1)).toEqual([
      121,
      "stopped: terminated pod trainer (p1): stopped for 2 h; as asked",
    ]);
    expect(after.state.unrecorded.at(-1)).toMatchObject({ type: "stopped", reason: "stopped_2h" });
  });

  it.each<[string, Partial<Outcome>, number]>([
    ["was not tried before is someone else's", { kind: "moot", podIs: "gone" }, 0],
    ["was tried in a process before is ours", { kind: "moot", podIs: "gone" }, 1],
  ])("of a pod that is found gone and %s", (_sentence, outcome, count) => {
    const from = count === 0 ? owed : { ...owed, state: afterRestart(owed.state) };

    const { state } = settled(from, 121, outcome);

    expect(state.guardEndsAtMs).toHaveLength(count);
    expect(state.stoppedPods).toBeUndefined();
    expect(endsIn(state)).toEqual([]);
  });

  it("of a pod that RunPod lists no more is settled as any other", () => {
    const unlisted = pass(owed, [121, 121], policy, []);

    const { state } = settled(unlisted, 122, { podIs: "gone" });

    expect(unlisted.state.stoppedPods).toBeUndefined();
    expect(state.guardEndsAtMs).toEqual([at(122)]);
  });

  it("of a pod that was told of before leaves nothing of that", () => {
    const locked = pass(untouched, [0, 125], policy, [still({ isLocked: true })]);
    const open = pass(locked, [126, 150], policy);

    const { state } = settled(open, 151, { podIs: "gone" });

    expect(Object.keys(open.state.reminded ?? {})).toEqual(["stopped:p1"]);
    expect(state.reminded).toBeUndefined();
  });

  it("that is moot for another reason leaves the pod followed", () => {
    const { state } = settled(owed, 121, { kind: "moot" });

    expect(endsIn(state)).toEqual([]);
    expect(state.stoppedPods?.["p1"]).toBeDefined();
  });

  it("that fails is told, tried again, and what was said of that is over with it", () => {
    const failed = settled(owed, 121, { kind: "failed", because: "RunPod says no" });
    const { state } = pass(failed, [122, 123], policy);
    const after = settled(failed, 124, { podIs: "gone" });

    expect(saidIn(failed).at(-1)?.[1]).toContain("could not terminate pod trainer (p1)");
    expect(endsIn(state)).toMatchObject([{ tries: 1 }]);
    expect(Object.keys(state.saidAtMs)).toEqual(["end:p1:RunPod says no"]);
    expect(noticesOf(after.state.owed).map(({ because }) => because)).toEqual([
      expect.stringContaining("will be terminated"),
      "terminated pod trainer (p1): stopped for 2 h; as asked",
    ]);
  });
});

describe("together with the ends of runs", () => {
  const many = [1, 2, 3].map((n) => still({ id: `p${n}`, name: `n${n}` }));
  const few = watching({}, {}, { maxEndsPerHour: 2 });

  it("no more are ended in an hour than that, which is told, and the rest afterwards", () => {
    const first = pass(untouched, [0, 121], few, many);
    const one = settled(first, 122, { podIs: "gone" }, few);
    const two = settled(one, 122, { podIs: "gone" }, few);

    const held = pass(two, [123, 181], few, many.slice(2));
    const later = pass(held, [182, 190], few, many.slice(2));

    expect(first.ends).toEqual([
      [120, "p1"],
      [120, "p2"],
    ]);
    expect(held.ends).toHaveLength(2);
    expect(saidIn(held).filter(([, words]) => words.includes("held back"))).toEqual([
      [120, "stopped: pod n3 (p3): held back: max_ends_per_hour (2) is reached"],
      [180, "stopped: pod n3 (p3): held back: max_ends_per_hour (2) is reached"],
    ]);
    expect(later.ends.at(-1)).toEqual([182, "p3"]);
    expect(Object.keys(later.state.saidAtMs)).not.toContain("stopped:held");
    expect(later.state.guardEndsAtMs).toEqual([]);
  });

  it("an end of a run that is under way takes the place of one", () => {
    const ending: EndRun = {
      kind: "end-run",
      id: "e",
      guard: "idle",
      reason: "idle_30m",
      podId: "x",
      podName: "x",
      action: "stop",
      because: "idle",
      tries: 0,
      notBeforeMs: 0,
    };
    const before = pass(untouched, [0, 119], few, many);
    const busy = { ...before, state: { ...before.state, owed: [...before.state.owed, ending] } };

    expect(pass(busy, [120, 120], few, many).ends).toHaveLength(1);
  });

  it("what failed waits for its turn where there is no room, and has it again", () => {
    const lone = watching({}, {}, { maxEndsPerHour: 1 });
    const first = pass(untouched, [0, 120], lone, many);
    const failed = settled(first, 120, { kind: "failed", because: "no" }, lone);
    const owedAt = (times: Times) =>
      endsIn(times.state).map((each: EndStopped) => [each.podId, each.notBeforeMs - at(0)]);
    // Nearly an hour ago something else was ended.
    const full = { ...failed.state, guardEndsAtMs: [at(100)] };
    const busy = {
      ...failed,
      state: { ...full, owed: full.owed.map((each) => ({ ...each, notBeforeMs: at(122) })) },
    };

    const waiting = pass(busy, [121, 122], lone, many);
    const turn = pass(waiting, [123, 160], lone, many);

    expect(owedAt(waiting)).toEqual([["p1", 121 * minuteMs + 120 * minuteMs]]);
    expect(owedAt(turn)).toEqual([
      ["p1", 241 * minuteMs],
      ["p2", 160 * minuteMs],
    ]);
  });

  it("of several that failed, the least tried has its turn first", () => {
    const lone = watching({}, {}, { maxEndsPerHour: 1 });
    const first = pass(untouched, [0, 120], policy, many);
    const tried = endsIn(first.state).map((each, n) => ({
      ...each,
      tries: 3 - n,
      notBeforeMs: at(200),
    }));
    const failed = { ...first, state: { ...first.state, owed: tried } };

    const { state } = pass(failed, [121, 121], lone, many);

    expect(endsIn(state).map(({ podId, notBeforeMs }) => [podId, notBeforeMs - at(0)])).toEqual([
      ["p1", 200 * minuteMs],
      ["p2", 200 * minuteMs],
      ["p3", 121 * minuteMs],
    ]);
  });

  it.each([
    ["what waits for its turn is tried at once", 220, 121],
    ["what is to be tried again soon is tried then", 121.5, 121.5],
  ])("where there is room, %s", (_sentence, untilMinute, expected) => {
    const first = pass(untouched, [0, 120], policy, many.slice(0, 1));
    const notBeforeMs = at(untilMinute);
    const late = first.state.owed.map((each) => ({ ...each, tries: 1, notBeforeMs }));
    const waiting = { ...first, state: { ...first.state, owed: late } };

    const { state } = pass(waiting, [121, 121], policy, many.slice(0, 1));

    expect(endsIn(state)).toMatchObject([{ notBeforeMs: at(expected) }]);
  });
});

describe("a channel that was told", () => {
  const channels = [{ name: "phone", minSeverity: "warning" }] as const;

  function toldOf(guard: Partial<StoppedGuard>, rows: readonly Pod[] = [still()]) {
    const by = watching(guard, { channels, tells: false });
    const before = pass(untouched, [0, 120], by, rows);
    const [notice] = noticesOf(before.state.owed);
    const outcome: Outcome = { kind: "done", because: "sent", tail: "" };
    const input = { kind: "settled", id: notice?.id ?? "", atMs: at(120), outcome } as const;
    return { by, told: take(before, 120, decide(before.state, input, by)) };
  }

  it.each<[string, Partial<StoppedGuard>]>([
    ["of a pod that is stopped", { action: "notify" }],
    ["of an end to come", {}],
  ])("%s is told that it is over", (_sentence, guard) => {
    const { by, told } = toldOf(guard);

    const lasting = pass(told, [121, 121], by);
    const over = pass(told, [121, 121], by, [pod()]);

    expect(noticesOf(lasting.state.owed)).toEqual([]);
    expect(noticesOf(over.state.owed)).toMatchObject([
      {
        channel: "phone",
        isResolution: true,
        because: "pod p1 is no longer stopped, or no guard is for it any more",
      },
    ]);
  });

  it("of several pods is told so once all of them are over", () => {
    const rows = [still(), still({ id: "p2", name: "web" })];
    const { by, told } = toldOf({ action: "notify" }, rows);

    const one = pass(told, [121, 121], by, rows.slice(1));
    const both = pass(one, [122, 122], by, []);

    expect(noticesOf(one.state.owed)).toEqual([]);
    expect(noticesOf(both.state.owed)[0]?.because).toBe(
      "pods p1, p2 are no longer stopped, or no guard is for them any more",
    );
  });
});
