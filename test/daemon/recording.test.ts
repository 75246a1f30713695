import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createEngine } from "#daemon/engine.ts";
import { createRecording, type Recording } from "#daemon/recording.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { emptyState, type Input } from "#guard/model/state.ts";
import { createFakeClock } from "../fake-clock.ts";
import { policyWith, seen } from "../guard/samples.ts";

const record = (id: string, notBeforeMs?: number): HistoryRecord => ({
  id,
  atMs: 0,
  type: "stop",
  reason: null,
  because: "",
  notBeforeMs,
});
const full = (): Promise<void> => Promise.reject(new Error("ENOSPC"));

/** A recording over a disk that does what `append` says; what the guard is told is written down. */
function setUp(append: (ids: readonly string[]) => Promise<void> = () => Promise.resolve()) {
  const clock = createFakeClock();
  const written: (readonly string[])[] = [];
  const inputs: Input[] = [];
  let takes = (): Promise<void> => Promise.resolve();
  const recording = createRecording({
    recorder: {
      append(records) {
        const ids = records.map(({ id }) => id);
        written.push(ids);
        return append(ids);
      },
    },
    clock,
    take(input) {
      inputs.push(input);
      return takes();
    },
  });
  return {
    clock,
    recording,
    written,
    inputs,
    whenTaking: (take: () => Promise<void>): void => {
      takes = take;
    },
    recordedIds: () => inputs.flatMap((input) => (input.kind === "recorded" ? input.ids : [])),
    kinds: () => inputs.map(({ kind }) => kind),
  };
}

describe("what has happened", () => {
  it("is written, and the guard is told what the history has now", async () => {
    const { recording, written, inputs } = setUp();

    recording.offer([record("a"), record("b")], false);
    await recording.idle();

    expect(written).toEqual([["a", "b"]]);
    expect(inputs).toEqual([{ kind: "recorded", ids: ["a", "b"] }]);
  });

  it("that is nothing is not written", async () => {
    const { recording, written, inputs } = setUp();

    recording.offer([], true);
    await recording.idle();

    expect([written, inputs]).toEqual([[], []]);
  });

  it("is written once its state is saved, and not before", async () => {
    const clock = createFakeClock();
    const story: string[] = [];
    const log = { debug: skip, info: skip, warn: skip, error: skip };
    const engine = createEngine({
      state: emptyState,
      policy: () => policyWith(),
      clock,
      log,
      store: {
        load: () => Promise.resolve(emptyState),
        saveLearned: () => Promise.resolve(),
        async save({ unrecorded }) {
          await nextTurn();
          story.push(`saved ${unrecorded.map(({ type }) => type).join()}`);
        },
      },
      queue: () => ({
        offer: skip,
        idle: () => Promise.resolve(),
        finish: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      }),
      recording: (): Recording => recording,
    });
    const recording = createRecording({
      recorder: {
        append(records) {
          story.push(`written ${records.map(({ type }) => type).join()}`);
          return Promise.resolve();
        },
      },
      clock,
      take: (input) => engine.take(input),
    });

    await engine.take({ kind: "look", look: seen({ balanceUsd: 9, pods: [] }) });
    await recording.idle();

    expect(story).toEqual(["saved trip", "written trip", "saved "]);
    expect(engine.state().unrecorded).toEqual([]);
  });

  it("that is not to be written yet waits for its time", async () => {
    const { recording, written, clock } = setUp();
    const offered = [record("later", 60_000), record("now", 0)];

    recording.offer(offered, true);
    await recording.idle();
    await clock.advanceTo(59_999);
    recording.offer([record("later", 60_000)], true);
    await recording.idle();
    const before = [...written];
    await clock.advanceTo(60_000);
    recording.offer([record("later", 60_000)], false);
    await recording.idle();

    expect(before).toEqual([["now"]]);
    expect(written).toEqual([["now"], ["later"]]);
  });
});

describe("one write at a time:", () => {
  it("what comes while one is under way is written right after it", async () => {
    let release: () => void = skip;
    const { recording, written, recordedIds, whenTaking } = setUp((ids) =>
      ids.includes("a") ? new Promise((resolve) => (release = resolve)) : Promise.resolve(),
    );
    // As the guard does: what is recorded is offered no more, and the rest again.
    whenTaking(() => {
      recording.offer(
        [record("a"), record("b")].filter(({ id }) => !recordedIds().includes(id)),
        false,
      );
      return Promise.resolve();
    });

    recording.offer([record("a")], false);
    await nextTurn();
    recording.offer([record("a"), record("b")], true);
    await nextTurn();
    const during = [...written];
    release();
    await recording.idle();

    expect(during).toEqual([["a"]]);
    expect(written).toEqual([["a"], ["b"]]);
    expect(recordedIds()).toEqual(["a", "b"]);
  });

  it("idle waits for all of them", async () => {
    const { recording, recordedIds } = setUp(() => nextTurn());

    recording.offer([record("a")], false);
    const idle = recording.idle().then(() => [...recordedIds()]);

    expect(await idle).toEqual(["a"]);
  });
});

describe("a disk that takes nothing", () => {
  it("is told, and asked again only at a look; that it works again is told too", async () => {
    let isFull = true;
    const { recording, written, inputs } = setUp(() => (isFull ? full() : Promise.resolve()));

    recording.offer([record("a")], false);
    await recording.idle();
    recording.offer([record("a")], false);
    await recording.idle();
    recording.offer([record("a")], true);
    await recording.idle();
    const before = [...written];
    isFull = false;
    recording.offer([record("a"), record("b")], true);
    await recording.idle();
    recording.offer([record("c")], false);
    await recording.idle();

    const trouble = {
      kind: "trouble",
      what: "history",
      atMs: 0,
      because: "ENOSPC. The records are kept in the state and written later",
    };
    expect(before).toEqual([["a"], ["a"]]);
    expect(written.slice(2)).toEqual([["a", "b"], ["c"]]);
    expect(inputs).toEqual([
      trouble,
      trouble,
      { kind: "recovered", what: "history", atMs: 0 },
      { kind: "recorded", ids: ["a", "b"] },
      { kind: "recorded", ids: ["c"] },
    ]);
  });

  it("that hangs is given up after 10 s, and not asked again while it hangs", async () => {
    let release: () => void = skip;
    const { recording, written, kinds, clock } = setUp(
      () => new Promise((resolve) => (release = resolve)),
    );
    recording.offer([record("a")], true);
    await clock.advanceTo(9_999);
    const before = kinds();
    await clock.advanceTo(10_000);
    const after = kinds();

    recording.offer([record("a")], true);
    await clock.advanceTo(20_000);
    const still = [...written];
    release();
    recording.offer([record("a")], true);
    await nextTurn();

    expect([before, after]).toEqual([[], ["trouble"]]);
    expect(still).toEqual([["a"]]);
    expect(written).toEqual([["a"], ["a"]]);
  });
});

function skip(): void {}
