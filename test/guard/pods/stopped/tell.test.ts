import { describe, expect, it } from "vitest";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { StoppedGuard } from "#guard/model/policy.ts";
import { at, noticesOf, pod } from "../../samples.ts";
import { pass, saidIn, still, untouched, watching } from "./lived.ts";

const telling = watching({ action: "notify" });

function toldAt(
  shown: (minute: number) => readonly Pod[] | Partial<Seen> | "blind",
  last = 200,
  guard: Partial<StoppedGuard> = {},
): readonly number[] {
  const policy = watching({ action: "notify", ...guard });
  const said = saidIn(pass(untouched, [0, last], policy, shown));
  return said.filter(([, words]) => words.startsWith("stopped:")).map(([minute]) => minute);
}

describe("a pod that has long been stopped", () => {
  it.each<[string, Partial<Pod>, string]>([
    [
      "what its disk costs",
      { diskGb: 100 },
      "Its disk is billed all the same: 100 GB, about $0.67/day. To delete it: runpodboss terminate p1",
    ],
    [
      "what a disk costs, where its size is unknown",
      {},
      "Its disk is billed all the same, at $0.20 a GB and month. To delete it: runpodboss terminate p1",
    ],
    [
      "that there is no disk",
      { diskGb: 0 },
      "Its disk is not billed, as there is none. To delete it: runpodboss terminate p1",
    ],
    [
      "and how to delete it, but for an id that is not safe to type",
      { id: "p 1" },
      "Its disk is billed all the same, at $0.20 a GB and month. To delete it: runpodboss terminate POD",
    ],
  ])("is told once, with %s", (_sentence, of, words) => {
    const said = saidIn(pass(untouched, [0, 2_000], telling, [still(of)]));

    expect(said).toHaveLength(1);
    expect(said[0]?.[0]).toBe(120);
    expect(said[0]?.[1]).toContain("has been stopped for 2 h 0 min. ");
    expect(said[0]?.[1].endsWith(words)).toBe(true);
  });

  it("is told together with others", () => {
    const rows = [still({ diskGb: 10 }), still({ id: "p2", name: "web", diskGb: 20 })];
    const shown = (minute: number) => rows.slice(0, minute < 1 ? 1 : 2);
    const policy = watching({ action: "notify", afterMs: 0 });
    const first = pass(untouched, [0, 0], telling, shown);

    const { state, ...all } = pass(first, [1, 5], policy, shown);

    expect(saidIn({ state, ...all })).toEqual([
      [
        1,
        "stopped: pods trainer (p1), web (p2) have been stopped for at least 0 s. Their disks are billed all the same: 30 GB, about $0.20/day. To delete one: runpodboss terminate POD",
      ],
    ]);
    expect(noticesOf(state.owed)[0]).toMatchObject({
      event: "stopped",
      topic: "stopped:pods:p1,p2",
      podIds: ["p1", "p2"],
    });
    expect(state.unrecorded.map(({ type, reason, run }) => [type, reason, run])).toEqual([
      ["stopped", "stopped_0h", { podId: "p1", podName: "trainer" }],
      ["stopped", "stopped_0h", { podId: "p2", podName: "web" }],
    ]);
  });

  it.each<[string, readonly number[], Partial<StoppedGuard>]>([
    ["once", [120], {}],
    ["every hour", [120, 180, 240], { remind: "hourly" }],
    ["doubling", [120, 180, 240, 360], { remind: "doubling" }],
  ])("is told %s", (_sentence, expected, guard) => {
    const last = expected.at(-1) ?? 0;

    expect(toldAt(() => [still()], last + 30, guard)).toEqual(expected);
  });

  it.each<
    [string, (minute: number) => readonly Pod[] | Partial<Seen> | "blind", readonly number[]]
  >([
    ["counts from when it was last seen to run", (n) => [n < 30 ? pod() : still()], [149]],
    ["counts on while nobody looks", (n) => (n > 30 && n < 90 ? "blind" : [still()]), [120]],
    [
      "counts on while RunPod lists no pods",
      (n) => (n > 30 && n < 90 ? { pods: "unknown" } : [still()]),
      [120],
    ],
    [
      "counts from the first look after a time without looks, of a pod that ran before",
      (n) => (n < 30 ? [pod()] : n < 60 ? "blind" : [still()]),
      [180],
    ],
    [
      "counts from now of a run of which it is not known when it ended",
      (n) => (n < 30 ? [pod()] : n < 40 ? [pod({ status: "unknown" })] : [still()]),
      [160],
    ],
    [
      "counts on while its status is unknown, and is not told meanwhile",
      (n) => [n > 100 && n < 140 ? still({ status: "unknown", word: "ODD" }) : still()],
      [140],
    ],
    [
      "counts on while its row cannot be read",
      (n) => (n > 100 && n < 140 ? { pods: [], unreadablePods: 1 } : [still()]),
      [140],
    ],
    ["is forgotten once it starts again", (n) => [n === 60 ? pod() : still()], [180]],
    ["is forgotten once it is not listed", (n) => (n === 60 ? [] : [still()]), [181]],
    [
      "is told under the name that it has now",
      (n) => [still({ name: n < 60 ? "old" : "new" })],
      [120],
    ],
    ["is not told while it only is gone", () => [still({ status: "gone" })], []],
  ])("%s", (_sentence, shown, expected) => {
    expect(toldAt(shown)).toEqual(expected);
  });

  it.each<[string, Parameters<typeof watching>]>([
    ["it is protected", [{ action: "notify" }, { protect: ["trainer"] }]],
    ["the guard is not for it", [{ action: "notify", pods: ["web"] }]],
    ["there is no such guard", [{}, {}, { stopped: undefined }]],
  ])("is not followed where %s", (_sentence, given) => {
    const { state } = pass(untouched, [0, 200], watching(...given));

    expect(state.owed).toEqual([]);
    expect(state.stoppedPods).toBeUndefined();
  });

  it("is written anew only when something has changed", () => {
    const before = pass(untouched, [0, 10], telling);
    const later = pass(before, [11, 20], telling);

    expect(later.state.stoppedPods).toBe(before.state.stoppedPods);
    expect(later.state.stoppedPods).toEqual({
      p1: { podId: "p1", name: "trainer", sinceMs: at(0) },
    });
  });
});

describe("once it is over", () => {
  const told = pass(untouched, [0, 130], telling);

  it("what was not sent yet is withdrawn, and nothing is said unless that is asked for", () => {
    const { state, events } = pass(told, [131, 131], telling, [pod()]);

    expect(noticesOf(state.owed)).toEqual([]);
    expect(state.reminded).toBeUndefined();
    expect(state.stoppedPods).toBeUndefined();
    expect(events.at(-1)?.[1]).toMatchObject({ kind: "moot" });
  });

  it.each<[string, readonly Pod[], string]>([
    [
      "started again",
      [pod()],
      "stopped: pod trainer (p1): started again, deleted, or no guard is for it any more",
    ],
    [
      "deleted",
      [],
      "stopped: pod trainer (p1): started again, deleted, or no guard is for it any more",
    ],
  ])(
    "by having been %s, that is told by all ways where it is asked for",
    (_sentence, rows, words) => {
      const resolving = watching({ action: "notify", tellsResolved: true });

      const after = pass(pass(told, [131, 131], resolving), [132, 135], resolving, rows);

      expect(saidIn(after).slice(1)).toEqual([[132, words]]);
      expect(noticesOf(after.state.owed).map(({ isResolution }) => isResolution)).toEqual([true]);
    },
  );

  it("for several pods, that is told of all of them", () => {
    const resolving = watching({ action: "notify", tellsResolved: true });
    const rows = [still(), still({ id: "p2", name: "web" })];

    const after = pass(pass(untouched, [0, 120], resolving, rows), [121, 121], resolving, []);

    expect(saidIn(after).at(-1)?.[1]).toBe(
      "stopped: pods trainer (p1), web (p2): started again, deleted, or no guard is for them any more",
    );
  });

  it("as the config asks for more time, it is told anew when that is over", () => {
    const patient = watching({ action: "notify", afterMs: 200 * 60_000 });

    const after = pass(told, [131, 300], patient);

    expect(saidIn(after).map(([minute]) => minute)).toEqual([120, 200]);
  });
});
