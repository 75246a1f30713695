import { readFileSync, statSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { createAskedEnds } from "#http/operations/asked-ends.ts";
import { resumeEnds } from "#http/operations/resume-ends.ts";
import { type AskedEnd, type AskedEndsFile, createAskedEndsFile } from "#store/asked-ends-file.ts";
import { keptLog } from "../../effects/samples.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { guarding, hourMs, live, minuteMs, pod, seen, unlived } from "../../guard/samples.ts";
import { tempFolder } from "../../temp-folder.ts";
import { daemonWith } from "./daemon.ts";

const patience = { timeout: 20_000, interval: 10 };

const endsIn = (path: string): readonly AskedEnd[] =>
  (JSON.parse(readFileSync(path, "utf8")) as { readonly ends: readonly AskedEnd[] }).ends;

describe("a stop that was asked for", () => {
  it("is written down for its owner alone before RunPod is asked, and no more once it is over", async () => {
    const daemon = await daemonWith();
    let atAsking: readonly AskedEnd[] = [];
    daemon.model.afterEnd = async () => void (atAsking = endsIn(daemon.askedEnds));

    await daemon.did({ by: "in a notification" });

    expect(atAsking).toMatchObject([
      {
        podId: "p1",
        podName: "trainer",
        action: "stop",
        by: "in a notification",
        run: daemon.run(),
      },
    ]);
    expect(endsIn(daemon.askedEnds)).toEqual([]);
    expect(statSync(daemon.askedEnds).mode & 0o777).toBe(0o600);
    expect(daemon.notes).toEqual([]);
  });

  it("is written down with each button that has asked for it", async () => {
    const daemon = await daemonWith();
    let atAsking: readonly AskedEnd[] = [];
    daemon.model.beforeLook = async () => {
      daemon.model.beforeLook = () => Promise.resolve();
      await daemon.ask({ run: daemon.run(), pressed: "m2" });
    };
    daemon.model.afterEnd = async () => void (atAsking = endsIn(daemon.askedEnds));

    await daemon.did({ run: daemon.run(), pressed: "m1" });

    expect(atAsking).toMatchObject([{ pressed: ["m1", "m2"] }]);
  });

  it("stays written down when the daemon ends meanwhile, and stands in the history", async () => {
    const daemon = await daemonWith();
    daemon.model.isLying = true;
    daemon.model.afterEnd = async () => daemon.interrupt();

    await daemon.did();

    expect(endsIn(daemon.askedEnds)).toMatchObject([{ podId: "p1", run: daemon.run() }]);
    expect(daemon.notes).toMatchObject([
      { because: expect.stringMatching(/^the stop of pod trainer \(p1\).*RunPod was asked/) },
    ]);
  });

  it("and is not proven, people are told, and the history has it", async () => {
    const daemon = await daemonWith();
    daemon.model.isLying = true;

    await daemon.did({ by: "in a notification" });

    expect(daemon.notes).toEqual([
      {
        podId: "p1",
        isTold: true,
        because: expect.stringMatching(
          /^the stop of pod trainer \(p1\) that was asked for in a notification at ..:.. UTC: Not proven ended/,
        ),
      },
    ]);
    expect(endsIn(daemon.askedEnds)).toEqual([]);
  });

  it("is done where it cannot be written down, and says so in its steps", async () => {
    const daemon = await daemonWith({
      file: {
        read: async () => ({ kind: "read", ends: [] }),
        write: () => Promise.reject(new Error("ENOSPC: no space left on device")),
      },
    });

    const over = await daemon.did();

    expect(over.state).toBe("done");
    expect(over.steps.map(({ words }) => words)).toContain(
      "could not be written down, so a restart would forget it: ENOSPC: no space left on device",
    );
  });

  it("and of whose outcome the guard cannot be told is over, stays written down, and holds up nothing", async () => {
    const daemon = await daemonWith({
      onNote: () => {
        throw new Error("the guard is gone");
      },
    });
    daemon.model.isLying = true;

    const over = await daemon.did();
    daemon.model.isLying = false;
    const next = await daemon.did();

    expect(over.state).toBe("unproven");
    expect(endsIn(daemon.askedEnds)).toMatchObject([{ id: over.id }]);
    expect(next.state).toBe("done");
    expect(daemon.entries.map(([message]) => message)).toContain(
      "what came of an operation was not dealt with; this is a bug",
    );
  });

  it("in a dry run is not written down", async () => {
    const daemon = await daemonWith({ dryRun: true });

    await daemon.did();

    expect(() => statSync(daemon.askedEnds)).toThrow("ENOENT");
  });
});

describe("a stop that an earlier daemon was asked for", () => {
  const asked: AskedEnd = {
    id: "op1",
    podId: "p1",
    podName: "trainer",
    action: "stop",
    by: "in a notification",
    askedAtMs: Date.UTC(2026, 10, 27, 5, 3),
  };
  const running = live(unlived, [0, 1], guarding({})).state;
  const runNow = runNameOf(running.runs["p1"] ?? { firstSeenAtMs: 0 });
  const stopOf = "the stop of pod trainer (p1) that was asked for in a notification at 05:03 UTC";
  const withPods = (...pods: ReturnType<typeof pod>[]): GuardState => ({
    ...emptyState,
    lastSeen: seen({ pods }),
  });

  type Faulty = (of: "note" | "carry on", end: AskedEnd) => void;

  async function resumed(
    state: GuardState,
    ageMs: number,
    ends: Partial<AskedEnd> | readonly Partial<AskedEnd>[] = {},
    faulty: Faulty = () => undefined,
  ) {
    const path = `${tempFolder()}/state.json.asked-ends`;
    const file = createAskedEndsFile(path);
    await file.write([ends].flat().map((end) => ({ ...asked, ...end })));
    const clock = createFakeClock();
    await clock.advanceTo(asked.askedAtMs + ageMs);
    const askedEnds = createAskedEnds(file, clock);
    await askedEnds.before;
    const notes: (readonly [because: string, isTold: boolean])[] = [];
    const carriedOn: AskedEnd[] = [];
    const undone: string[] = [];
    const { log, entries } = keptLog();
    const resuming = resumeEnds({
      memory: { clock, state: () => state },
      askedEnds,
      everyMs: 1_000,
      interrupted: new AbortController().signal,
      carryOn: async (each) => {
        faulty("carry on", each);
        carriedOn.push(each);
      },
      onUndone: async ({ id }) => undone.push(id),
      note: async (each, because, isTold) => {
        faulty("note", each);
        notes.push([because, isTold]);
      },
      log,
    });
    return { path, clock, notes, entries, carriedOn, undone, resuming };
  }

  it("is carried on for the same run within 15 minutes, and the history says so", async () => {
    const { resuming, notes, carriedOn } = await resumed(running, 14 * minuteMs, { run: runNow });
    await resuming;

    expect(carriedOn).toMatchObject([{ id: "op1", askedAtMs: asked.askedAtMs }]);
    expect(notes).toEqual([[`${stopOf} was interrupted, and is carried on`, false]]);
  });

  it.each([
    ["later", running, 16 * minuteMs, runNow, "was not carried on: it still runs. If it is"],
    [
      "by a clock that was set back",
      running,
      -hourMs,
      runNow,
      "it still runs. If it is still to end",
    ],
    ["when the pod runs anew", running, minuteMs, "another", "it still runs, as another run"],
    ["when its run was not known", running, minuteMs, undefined, "it still runs. If"],
    [
      "when its state cannot be read",
      withPods(pod({ status: "unknown" })),
      minuteMs,
      runNow,
      "whether it still runs is not known",
    ],
    [
      "when a list that nobody believes does not have it",
      { ...running, lastSeen: seen({ pods: [] }) },
      minuteMs,
      runNow,
      "whether it still runs is not known",
    ],
  ] as const)("is told and not done %s", async (_, state, ageMs, run, words) => {
    const { resuming, notes, carriedOn, path } = await resumed(state, ageMs, { run });
    await resuming;

    expect(carriedOn).toEqual([]);
    expect(notes).toEqual([[expect.stringContaining(words), true]]);
    expect(notes[0]?.[0]).toContain(`${stopOf} was interrupted`);
    expect(endsIn(path)).toEqual([]);
  });

  it.each([
    ["has stopped", withPods(pod({ status: "stopped" })), "it does not run any more"],
    ["is gone", withPods(), "RunPod does not list it any more"],
  ])(
    "and whose pod %s meanwhile stands in the history, and nobody is woken",
    async (_, state, words) => {
      const { resuming, notes, carriedOn, path } = await resumed(state, minuteMs, { run: runNow });
      await resuming;

      expect(carriedOn).toEqual([]);
      expect(notes).toEqual([[`${stopOf} was interrupted, and ${words}`, false]]);
      expect(endsIn(path)).toEqual([]);
    },
  );

  it.each([
    ["whose pod runs on is undone", 16 * minuteMs, runNow, ["op1"]],
    ["whose pod runs anew is not", minuteMs, "another", []],
    ["that is carried on is not yet", minuteMs, runNow, []],
  ])("and %s", async (_, ageMs, run, expected) => {
    const { resuming, undone } = await resumed(running, ageMs, { run });
    await resuming;

    expect(undone).toEqual(expected);
  });

  const two = [{ run: runNow }, { id: "op2", run: runNow, by: "on the page" }];

  it("and whose carrying on fails is told, stays written down, and holds up no other", async () => {
    const { resuming, notes, entries, carriedOn, path } = await resumed(
      running,
      minuteMs,
      two,
      (of, { id }) => {
        if (of === "carry on" && id === "op1") throw new Error("out of memory");
      },
    );
    await resuming;

    expect(carriedOn.map(({ id }) => id)).toEqual(["op2"]);
    expect(notes).toEqual([
      [`${stopOf} was interrupted, and is carried on`, false],
      [
        `${stopOf} was interrupted, and could not be carried on: out of memory. If it is still to end, stop it again`,
        true,
      ],
      [expect.stringMatching(/asked for on the page .* is carried on$/), false],
    ]);
    expect(entries).toEqual([
      [
        "an end that was asked for failed; this is a bug",
        expect.objectContaining({ asked: "op1", stack: expect.stringContaining("out of memory") }),
      ],
    ]);
    // The next start deals with it.
    expect(endsIn(path)).toMatchObject([{ id: "op1" }, { id: "op2" }]);
  });

  it("and of which the history cannot be told is carried on nevertheless", async () => {
    const { resuming, entries, carriedOn } = await resumed(running, minuteMs, two, (of, { id }) => {
      if (of === "note" && id === "op1") throw new Error("the guard is gone");
    });
    await resuming;

    expect(carriedOn.map(({ id }) => id)).toEqual(["op1", "op2"]);
    expect(entries).toEqual([
      ["an end that was asked for is not told of", expect.objectContaining({ asked: "op1" })],
    ]);
  });

  it("and which nobody could be told was not carried on stays written down, to be told", async () => {
    const ends = two.map((end) => ({ ...end, run: "another" }));
    const { resuming, notes, path } = await resumed(running, minuteMs, ends, (of, { id }) => {
      if (of === "note" && id === "op1") throw new Error("the guard is gone");
    });
    await resuming;

    expect(notes).toHaveLength(1);
    expect(endsIn(path)).toMatchObject([{ id: "op1" }]);
  });

  it("that was to terminate a pod which has stopped is told: it is still there", async () => {
    const state = withPods(pod({ status: "stopped" }));
    const { resuming, notes } = await resumed(state, minuteMs, {
      run: runNow,
      action: "terminate",
    });
    await resuming;

    expect(notes).toEqual([[expect.stringContaining("it is stopped, and still there"), true]]);
  });

  it("is told, too, where the pods are not seen for a quarter of an hour", async () => {
    const { resuming, notes, carriedOn, clock } = await resumed(emptyState, minuteMs, {
      run: runNow,
    });
    // No longer: what is written then has seconds of this clock, too.
    for (let minute = 2; minute <= 18 && notes.length === 0; minute += 1) {
      await clock.advanceTo(asked.askedAtMs + minute * minuteMs);
      await nextTurn();
    }
    await resuming;

    expect(carriedOn).toEqual([]);
    expect(notes).toEqual([[expect.stringContaining("whether it still runs is not known"), true]]);
  });

  const restarted = (protect: readonly string[]) => {
    let found: (ends: readonly AskedEnd[]) => void = () => undefined;
    const ends = new Promise<readonly AskedEnd[]>((resolve) => (found = resolve));
    let written: readonly AskedEnd[] = [];
    const file: AskedEndsFile = {
      read: async () => ({ kind: "read", ends: await ends }),
      write: async (now) => void (written = now),
    };
    return { found, written: () => written, given: { config: { protect }, file } };
  };

  it("by a button and changes nothing once it is carried on makes the button good again", async () => {
    const { found, written, given } = restarted(["trainer"]);
    const daemon = await daemonWith(given);
    found([{ ...asked, askedAtMs: Date.now(), run: daemon.run(), pressed: ["m1", "m2"] }]);
    await vi.waitFor(() => expect(daemon.notes).toHaveLength(2), patience);
    await daemon.operations.idle();

    const [operation] = daemon.operations.latest();
    expect(operation?.state).toBe("refused");
    expect(daemon.goodAgain).toEqual([
      ["m1", operation?.id],
      ["m2", operation?.id],
    ]);
    expect(written()).toEqual([]);
  });

  it("by a button and is done once it is carried on has used the button", async () => {
    const { found, given } = restarted([]);
    const daemon = await daemonWith(given);
    found([{ ...asked, askedAtMs: Date.now(), run: daemon.run(), pressed: ["m1"] }]);
    await vi.waitFor(() => expect(daemon.operations.latest()[0]?.state).toBe("done"), patience);
    await daemon.operations.idle();

    expect(daemon.goodAgain).toEqual([]);
  });

  it.each(["{", `{"version":1,"ends":[{"id":1}]}`])(
    "in a file that holds something else ends nothing, and is left as it is: %s",
    async (text) => {
      const path = `${tempFolder()}/state.json.asked-ends`;
      writeFileSync(path, text);
      const askedEnds = createAskedEnds(createAskedEndsFile(path), createFakeClock());

      expect(await askedEnds.before).toMatchObject({
        ends: [],
        because: expect.stringContaining("holds something else"),
      });
      expect(await askedEnds.keep(asked)).toContain("holds something else");
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("has room beside 49 others, and what does not fit says so", async () => {
    const path = `${tempFolder()}/state.json.asked-ends`;
    const askedEnds = createAskedEnds(createAskedEndsFile(path), createFakeClock());
    for (let n = 0; n < 50; n += 1) await askedEnds.keep({ ...asked, id: `op${n}` });

    expect(await askedEnds.keep({ ...asked, id: "one more" })).toBe("too many are under way");
    expect(endsIn(path)).toHaveLength(50);
  });
});
