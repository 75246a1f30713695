import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/daemon/guard.ts";
import { watch, type Ended, type WatchDeps } from "../../src/daemon/watch.ts";
import type { Perform } from "../../src/effects/perform.ts";
import { createQueue, type Queue } from "../../src/effects/queue.ts";
import { emptyState, type GuardState, type Look, type Outcome } from "../../src/guard/model.ts";
import type { Clock } from "../../src/ports.ts";
import { blind, policy, seen } from "../guard/samples.ts";

/** A clock that stands still until the test moves it. */
function createFakeClock() {
  let now = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const nextDue = (byMs: number) =>
    [...sleepers].filter(({ untilMs }) => untilMs <= byMs).sort((a, b) => a.untilMs - b.untilMs)[0];

  return {
    nowMs: () => now,
    async sleepUntil(untilMs: number, signal: AbortSignal) {
      if (untilMs <= now || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const sleeper = {
          untilMs,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener("abort", sleeper.wake);
      });
    },
    /** Time passes: everyone wakes in turn, and does what follows before the next one wakes. */
    advanceTo: async (untilMs: number) => {
      await nextTurn();
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        now = due.untilMs;
        due.wake();
        await nextTurn();
      }
      now = untilMs;
    },
    /** The machine was asleep: everyone who is due wakes at once, and late. */
    jumpTo: async (ms: number) => {
      await nextTurn();
      now = ms;
      for (const sleeper of sleepers) if (sleeper.untilMs <= now) sleeper.wake();
      await nextTurn();
    },
  } satisfies Clock & Record<string, unknown>;
}

interface Given {
  /** What the account shows, look by look; the last one stays. */
  readonly looks?: readonly Look[];
  /** How long each look takes; the last one stays. */
  readonly looksTakeMs?: readonly number[];
  readonly state?: GuardState;
  readonly perform?: Perform;
  readonly isInterrupted?: boolean;
  readonly options?: Partial<Pick<WatchDeps, "once" | "maxRuntimeMs" | "pollIntervalMs">>;
}

const done: Outcome = { kind: "done", because: "exit 0", tail: "" };
const seconds = 1_000;

/** A watch in which only the account, the clock, the store and the programs are fakes. */
function start(given: Given = {}) {
  const { looks = [seen()], looksTakeMs = [0], state = emptyState } = given;
  const clock = createFakeClock();
  const interruption = new AbortController();
  if (given.isInterrupted === true) interruption.abort();
  const lookedAtMs: number[] = [];
  const story: string[] = [];
  let saved = state;

  const write = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    story.push(message === "threshold tripped" ? `trip ${String(fields["threshold"])}` : message);
  };
  const log = { debug: write, info: write, warn: write, error: write };
  const guard = createGuard(
    {
      state,
      policy,
      log,
      store: {
        load: () => Promise.resolve(state),
        save(next) {
          saved = next;
          return Promise.resolve();
        },
      },
    },
    (): Queue => queue,
  );
  const queue = createQueue({
    perform: given.perform ?? (() => Promise.resolve(done)),
    settled: ({ id }, outcome) => guard.take({ kind: "settled", id, outcome }, undefined),
  });
  const ended = watch(
    {
      account: {
        async look(signal) {
          const n = lookedAtMs.push(clock.nowMs()) - 1;
          await clock.sleepUntil(
            clock.nowMs() + (looksTakeMs[n] ?? looksTakeMs.at(-1) ?? 0),
            signal,
          );
          const look = looks[n] ?? looks.at(-1) ?? seen();
          return { ...look, atMs: clock.nowMs() };
        },
      },
      clock,
      guard,
      queue,
      log,
      pollIntervalMs: 60 * seconds,
      maxRuntimeMs: Infinity,
      once: false,
      ...given.options,
    },
    interruption.signal,
  );
  return {
    clock,
    guard,
    lookedAtMs,
    story,
    ended,
    saved: () => saved,
    interrupt: (): Promise<Ended> => {
      interruption.abort();
      return ended;
    },
  };
}

/** Programs that run until they are interrupted, or for so long by that clock. */
function performing(clock: () => Clock, tookMs = Infinity) {
  const begun: string[] = [];
  const perform: Perform = async ({ id }, _look, signal) => {
    begun.push(id.replace(/:\d+$/, ""));
    await clock().sleepUntil(clock().nowMs() + tookMs, signal);
    return signal.aborted ? "interrupted" : done;
  };
  return { begun, perform };
}

describe("looks are evenly spaced", () => {
  it.each<[string, number[], number, number[]]>([
    ["quick ones", [0], 180, [0, 60, 120, 180]],
    ["slow ones at the same pace", [25], 180, [0, 60, 120, 180]],
    ["one as slow as the interval", [60], 180, [0, 60, 120, 180]],
    [
      "one slower than the interval is followed at once, and once",
      [150, 0],
      330,
      [0, 150, 210, 270, 330],
    ],
    ["always slower than the interval: one after the other", [90], 360, [0, 90, 180, 270, 360]],
  ])("%s", async (_sentence, tookSeconds, untilSeconds, expected) => {
    const looksTakeMs = tookSeconds.map((each) => each * seconds);
    const { clock, lookedAtMs, interrupt } = start({ looksTakeMs });

    await clock.advanceTo(untilSeconds * seconds);
    await interrupt();

    expect(lookedAtMs.map((ms) => ms / seconds)).toEqual(expected);
  });

  it("a machine that slept looks once on waking, and goes on at its pace", async () => {
    const { clock, lookedAtMs, interrupt } = start();
    await clock.advanceTo(70 * seconds);

    await clock.jumpTo(7_200 * seconds);
    await clock.advanceTo(7_330 * seconds);
    await interrupt();

    expect(lookedAtMs.map((ms) => ms / seconds)).toEqual([0, 60, 7_200, 7_260, 7_320]);
  });

  it("an agent that never ends holds up nothing", async () => {
    const { begun, perform } = performing(() => clock);
    const { clock, lookedAtMs, story, interrupt } = start({
      looks: [seen({ balanceUsd: 9 }), seen({ balanceUsd: 1 }), seen({ balanceUsd: 0.4 })],
      perform,
    });

    await clock.advanceTo(300 * seconds);
    await interrupt();

    expect(lookedAtMs).toHaveLength(6);
    expect(story.filter((each) => each.startsWith("trip"))).toEqual([
      "trip warning",
      "trip critical",
      "trip emergency",
    ]);
    expect(begun).toEqual([
      "notify:warning",
      "call-agent:warning",
      "notify:critical",
      "call-agent:critical",
      "notify:emergency",
      "call-agent:emergency",
    ]);
  });
});

describe("a look that failed", () => {
  it("is told, decides nothing, and is tried again at the same pace", async () => {
    const { clock, lookedAtMs, story, guard, interrupt } = start({
      looks: [blind(), blind(), seen({ balanceUsd: 50 })],
      state: { fired: { warning: true, critical: false, emergency: false }, owed: [] },
    });

    await clock.advanceTo(60 * seconds);
    const whileBlind = guard.state();
    await clock.advanceTo(120 * seconds);
    await interrupt();

    expect(lookedAtMs).toEqual([0, 60 * seconds, 120 * seconds]);
    expect(whileBlind.fired["warning"]).toBe(true);
    expect(story).toEqual([
      "could not look; nothing is decided",
      "could not look; nothing is decided",
      "threshold re-armed",
      "looked",
      "watch ended",
    ]);
  });

  it("does not begin what is owed; the next one that sees does", async () => {
    const { begun, perform } = performing(() => clock, 0);
    const crashed = start({
      looks: [seen({ balanceUsd: 9 })],
      perform: () => Promise.resolve("interrupted"),
    });
    await crashed.clock.advanceTo(0);
    await crashed.interrupt();

    const { clock, interrupt } = start({
      looks: [blind(), seen({ balanceUsd: 8 })],
      state: crashed.saved(),
      perform,
    });
    await clock.advanceTo(59 * seconds);
    const whileBlind = [...begun];
    await clock.advanceTo(60 * seconds);
    await interrupt();

    expect(whileBlind).toEqual([]);
    expect(begun).toEqual(["notify:warning", "call-agent:warning"]);
  });
});

describe("the longest runtime", () => {
  it("ends the watch, cleanly", async () => {
    const { clock, lookedAtMs, ended, story } = start({ options: { maxRuntimeMs: 100 * seconds } });

    await clock.advanceTo(500 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(lookedAtMs).toEqual([0, 60 * seconds]);
    expect(story.at(-1)).toBe("watch ended");
  });

  it("cuts off a look, which then decides nothing", async () => {
    const { clock, ended, story } = start({
      looks: [seen({ balanceUsd: 1 })],
      looksTakeMs: [30 * seconds],
      options: { maxRuntimeMs: 10 * seconds },
    });

    await clock.advanceTo(10 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(story).toEqual(["watch ended"]);
  });

  it("waits for what runs and for what waits, and begins no look", async () => {
    const { begun, perform } = performing(() => clock, 200 * seconds);
    const { clock, ended, lookedAtMs, saved } = start({
      looks: [seen({ balanceUsd: 1 })],
      perform,
      options: { maxRuntimeMs: 30 * seconds },
    });

    await clock.advanceTo(1_000 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(lookedAtMs).toEqual([0]);
    expect(begun).toEqual([
      "notify:warning",
      "notify:critical",
      "call-agent:critical",
      "call-agent:warning",
    ]);
    expect(saved().owed).toEqual([]);
  });

  it("may be interrupted while it waits", async () => {
    const { perform } = performing(() => clock);
    const { clock, interrupt, saved } = start({
      looks: [seen({ balanceUsd: 9 })],
      perform,
      options: { maxRuntimeMs: 30 * seconds },
    });
    await clock.advanceTo(60 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(saved().owed).toHaveLength(2);
  });
});

describe("once", () => {
  it.each<[string, Look]>([
    ["seen", seen({ atMs: 0, balanceUsd: 50 })],
    ["blind", blind(0)],
  ])("looks once and tells what it saw: %s", async (_sentence, look) => {
    const { ended, lookedAtMs } = start({ looks: [look], options: { once: true } });

    expect(await ended).toEqual({ kind: "once", look });
    expect(lookedAtMs).toEqual([0]);
  });

  it("waits for its effects", async () => {
    const { begun, perform } = performing(() => clock, 100 * seconds);
    const { clock, ended, saved } = start({
      looks: [seen({ balanceUsd: 1 })],
      perform,
      options: { once: true },
    });

    await clock.advanceTo(300 * seconds);

    expect(await ended).toMatchObject({ kind: "once" });
    expect(begun).toHaveLength(4);
    expect(saved().owed).toEqual([]);
  });

  it("may be interrupted", async () => {
    const { perform } = performing(() => clock);
    const { clock, interrupt } = start({
      looks: [seen({ balanceUsd: 1 })],
      perform,
      options: { once: true },
    });
    await clock.advanceTo(0);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
  });
});

describe("an interruption", () => {
  it("before the first look ends it without one", async () => {
    const { ended, lookedAtMs } = start({ isInterrupted: true });

    expect(await ended).toEqual({ kind: "interrupted" });
    expect(lookedAtMs).toEqual([]);
  });

  it("ends it while it sleeps", async () => {
    const { clock, interrupt, lookedAtMs } = start();
    await clock.advanceTo(30 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(lookedAtMs).toEqual([0]);
  });

  it("ends it while it looks, and that look decides nothing", async () => {
    const { clock, interrupt, story } = start({
      looks: [seen({ balanceUsd: 1 })],
      looksTakeMs: [30 * seconds],
    });
    await clock.advanceTo(10 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(story).toEqual(["watch ended"]);
  });

  it("ends what runs, and leaves it owed for the next start", async () => {
    const { begun, perform } = performing(() => clock);
    const { clock, interrupt, saved } = start({ looks: [seen({ balanceUsd: 9 })], perform });
    await clock.advanceTo(30 * seconds);

    await interrupt();
    const again = performing(() => next.clock, 0);
    const next = start({
      looks: [seen({ balanceUsd: 8 })],
      state: saved(),
      perform: again.perform,
    });
    await next.clock.advanceTo(0);
    await next.interrupt();

    expect(begun).toEqual(["notify:warning", "call-agent:warning"]);
    expect(again.begun).toEqual(begun);
    expect(next.story).not.toContain("trip warning");
    expect(next.saved()).toMatchObject({ fired: { warning: true }, owed: [] });
  });
});
