import { describe, expect, it } from "vitest";
import { createEngine } from "#daemon/engine.ts";
import { createHeartbeat } from "#daemon/beside/heartbeat.ts";
import { createMeasuring } from "#daemon/measuring.ts";
import { createRecording, type Recording } from "#daemon/recording.ts";
import { createTidying } from "#daemon/beside/tidying.ts";
import { type Ended, watch, type WatchDeps } from "#daemon/watch.ts";
import type { Perform } from "#effects/perform.ts";
import { createQueue, type Queue } from "#effects/queue.ts";
import type { Look, Measured, PodSample } from "#guard/model/account.ts";
import type { Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { createFakeClock } from "../fake-clock.ts";
import { blind, pod, policyWith, seen } from "../guard/samples.ts";

interface Given {
  /** What the account shows, look by look; the last one stays. An error is thrown. */
  readonly looks?: readonly (Look | Error)[];
  /** How long each look takes; the last one stays. */
  readonly looksTakeMs?: readonly number[];
  readonly savesTakeMs?: number;
  /** At which looks the guard cannot decide. */
  readonly breaksAtLooks?: readonly number[];
  /** Reads the leases at once unless given. */
  readonly readLeases?: () => Promise<void>;
  /** Asks the calendar at once unless given. */
  readonly readMoments?: () => Promise<void>;
  readonly state?: GuardState;
  readonly policy?: Policy;
  readonly perform?: Perform;
  /** Measured at once, with nothing in it, unless given. */
  readonly measure?: (signal: AbortSignal) => Promise<Measured>;
  /** When the probes that were begun have answered; at once unless given. */
  readonly probing?: () => Promise<void>;
  /** What the history does with records; it takes them at once unless given. */
  readonly append?: () => Promise<void>;
  /** What keeps the files short; done at once unless given. */
  readonly tidy?: (signal: AbortSignal) => Promise<void>;
  /** What a beat takes; none is wanted unless given. */
  readonly beat?: (signal: AbortSignal) => Promise<void>;
  readonly isInterrupted?: boolean;
  readonly watchdogMs?: number;
  readonly options?: Partial<
    Pick<
      WatchDeps,
      "isAdaptive" | "once" | "maxRuntimeMs" | "planned" | "pollIntervalMs" | "wishedAtMs"
    >
  >;
}

type GivenOptions = NonNullable<Given["options"]>;

const done: Outcome = { kind: "done", because: "exit 0", tail: "" };
const failed: Outcome = { kind: "failed", because: "exit 1", tail: "" };
const seconds = 1_000;

/** A watch in which only the account, the clock, the store, the programs and systemd are fakes. */
function start(given: Given = {}) {
  const { looks = [seen()], looksTakeMs = [0], state = emptyState, policy = policyWith() } = given;
  const clock = createFakeClock();
  const interruption = new AbortController();
  if (given.isInterrupted === true) interruption.abort();
  const lookedAtMs: number[] = [];
  const story: string[] = [];
  /** What the systemd was told, and at which second. */
  const told: [number, string][] = [];
  const toldDirectly: string[] = [];
  const measuredAtSeconds: number[] = [];
  const beats: string[] = [];
  const history: HistoryRecord[] = [];
  const samplesAtMs: number[] = [];
  const tidiedAtHours: number[] = [];
  let leaseReads = 0;
  let saved = state;

  const write = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    story.push(message === "threshold tripped" ? `trip ${String(fields["threshold"])}` : message);
  };
  const log = { debug: write, info: write, warn: write, error: write };
  const tell = (what: string): void => void told.push([clock.nowMs() / seconds, what]);
  const engine = createEngine({
    state,
    onSkipped: (because) => void toldDirectly.push(because),
    policy() {
      if (given.breaksAtLooks?.includes(lookedAtMs.length) !== true) return policy;
      throw new Error("cannot decide");
    },
    clock,
    log,
    store: {
      load: () => Promise.resolve(state),
      saveLearned: () => Promise.resolve(),
      async save(next) {
        await clock.sleepUntil(
          clock.nowMs() + (given.savesTakeMs ?? 0),
          new AbortController().signal,
        );
        saved = next;
      },
    },
    queue: (): Queue => queue,
    recording: (): Recording => recording,
  });
  const recording = createRecording({
    recorder: {
      async append(records) {
        await given.append?.();
        history.push(...records);
      },
    },
    clock,
    take: (input) => engine.take(input),
  });
  const queue = createQueue({
    perform: given.perform ?? (() => Promise.resolve(done)),
    async settled({ id }, outcome) {
      await engine.take({ kind: "settled", id, atMs: clock.nowMs(), outcome });
    },
    onBug: (error) => story.push(`bug: ${String(error)}`),
  });
  const account: Account = {
    async look(signal) {
      const n = lookedAtMs.push(clock.nowMs()) - 1;
      const tookMs = looksTakeMs[n] ?? looksTakeMs.at(-1) ?? 0;
      await clock.sleepUntil(clock.nowMs() + tookMs, signal);
      const look = looks[n] ?? looks.at(-1) ?? seen();
      if (look instanceof Error) throw look;
      return { ...look, atMs: clock.nowMs() };
    },
    measure(signal) {
      measuredAtSeconds.push(clock.nowMs() / seconds);
      const nothing: Measured = { kind: "measured", atMs: clock.nowMs(), samples: [] };
      return given.measure?.(signal) ?? Promise.resolve(nothing);
    },
    end: () => Promise.reject(new Error("nobody ends a pod here")),
  };
  const ended = watch(
    {
      account,
      clock,
      paces: realPaces,
      engine,
      queue,
      log,
      policy: () => policy,
      readLeases: () => {
        leaseReads += 1;
        return given.readLeases?.() ?? Promise.resolve();
      },
      readMoments: () => given.readMoments?.() ?? Promise.resolve(),
      keepSample: ({ atMs }) => samplesAtMs.push(atMs),
      telling: {
        tell: (because) => void toldDirectly.push(because),
        idle: () => Promise.resolve(),
      },
      measuring: createMeasuring({
        account,
        engine,
        policy: () => policy,
        clock,
        log,
        probing: () => ({
          ask: () => undefined,
          idle: () => given.probing?.() ?? Promise.resolve(),
        }),
      }),
      recording,
      auditing: { begin: () => undefined, idle: () => Promise.resolve() },
      briefing: { begin: () => undefined, idle: () => Promise.resolve() },
      rehearsing: { begin: () => undefined, idle: () => Promise.resolve() },
      outside: {
        hello: () => Promise.resolve(),
        catchUp: () => Promise.resolve(),
        looked: () => undefined,
        idle: () => Promise.resolve(),
      },
      heartbeat: createHeartbeat({
        settings: () => (given.beat === undefined ? undefined : { url: "x", everyMs: 60_000 }),
        async send(beat, _url, signal) {
          beats.push(`${clock.nowMs() / seconds} ${beat.kind}`);
          await given.beat?.(signal);
          return { kind: "sent" };
        },
        engine,
        policy: () => policy,
        clock,
        log,
        take: (input) => engine.take(input),
      }),
      tidying: createTidying({
        chores: [
          {
            what: "tidying",
            async run(signal) {
              tidiedAtHours.push(clock.nowMs() / (3_600 * seconds));
              await given.tidy?.(signal);
            },
          },
        ],
        clock,
        take: (input) => engine.take(input),
      }),
      systemd: {
        watchdogMs: given.watchdogMs,
        ready: (status) => tell(`ready: ${status}`),
        alive: (status) => tell(`alive: ${status}`),
        reloading: () => tell("reloading"),
        reloaded: () => tell("reloaded"),
        stopping: () => tell("stopping"),
        idle: () => Promise.resolve(tell("idle")),
      },
      pollIntervalMs: () => 60 * seconds,
      maxRuntimeMs: Infinity,
      once: false,
      ...given.options,
    },
    interruption.signal,
  );
  // A test that expects it to throw asks later.
  ended.catch(() => undefined);
  return {
    clock,
    engine,
    lookedAtMs,
    lookedAtSeconds: () => lookedAtMs.map((ms) => ms / seconds),
    story,
    told,
    ended,
    toldDirectly,
    measuredAtSeconds,
    beats,
    history,
    samplesAtMs,
    tidiedAtHours,
    leaseReads: () => leaseReads,
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
      [80, 0],
      270,
      [0, 80, 140, 200, 260],
    ],
    ["always slower than the interval: one after the other", [80], 320, [0, 80, 160, 240, 320]],
  ])("%s", async (_sentence, tookSeconds, untilSeconds, expected) => {
    const looksTakeMs = tookSeconds.map((each) => each * seconds);
    const { clock, lookedAtSeconds, interrupt } = start({ looksTakeMs });

    await clock.advanceTo(untilSeconds * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });

  it("a new pace holds at once, also for the look that is being waited for", async () => {
    let pollSeconds = 3_600;
    const { clock, lookedAtSeconds, interrupt } = start({
      options: { pollIntervalMs: () => pollSeconds * seconds },
    });
    await clock.advanceTo(100 * seconds);

    pollSeconds = 60;
    await clock.advanceTo(170 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 101, 161]);
  });

  it("tells when the next one is due, and again when that changes", async () => {
    const planned = new Set<number>();
    let pollSeconds = 3_600;
    const { clock, interrupt } = start({
      options: {
        planned: (atMs) => planned.add(atMs / seconds),
        pollIntervalMs: () => pollSeconds * seconds,
      },
    });
    await clock.advanceTo(100 * seconds);
    pollSeconds = 60;
    await clock.advanceTo(130 * seconds);
    await interrupt();

    expect([...planned]).toEqual([3_600, 60, 161]);
  });

  it("a machine that slept looks once on waking, and goes on at its pace", async () => {
    const { clock, lookedAtSeconds, interrupt } = start();
    await clock.advanceTo(70 * seconds);

    await clock.jumpTo(7_200 * seconds);
    await clock.advanceTo(7_330 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 7_200, 7_260, 7_320]);
  });

  it.each([
    ["an hour ahead", 3_600, [0, 60, 3_720, 3_780, 3_840]],
    ["an hour back", -3_600, [0, 60, -3_480, -3_420, -3_360]],
  ])("a wall clock that is set %s moves no look", async (_sentence, bySeconds, expected) => {
    const { clock, lookedAtSeconds, story, interrupt } = start();
    await clock.advanceTo(70 * seconds);

    clock.set(bySeconds * seconds);
    await clock.advanceTo(120 * seconds);
    await clock.advanceTo(Math.max(120, 3_850 * Math.sign(bySeconds)) * seconds);
    await interrupt();

    expect(lookedAtSeconds().slice(0, 5)).toEqual(expected);
    expect(story.filter((each) => each === "the clock was set")).toHaveLength(1);
  });

  it("a process that stood still lets the guard know at its next look, once", async () => {
    const { clock, engine, story, interrupt } = start();
    await clock.advanceTo(70 * seconds);

    clock.pause(20 * seconds);
    await clock.advanceTo(190 * seconds);
    await interrupt();

    expect(engine.state().lookedAtMs).toBe(180 * seconds);
    expect(story.filter((each) => each === "nobody looked for a while")).toHaveLength(1);
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

describe("the heartbeat", () => {
  const silent = () => new Promise<void>(() => undefined);

  it("starts with the daemon, follows each good poll, and says nothing at a clean end", async () => {
    const { clock, beats, interrupt } = start({
      beat: () => Promise.resolve(),
      looks: [seen(), blind(), seen()],
    });

    await clock.advanceTo(70 * seconds);
    await interrupt();

    expect(beats).toEqual(["0 start", "0 good", "65 good"]);
  });

  it("says that the guard is blind when that is so, as often as it said that it sees", async () => {
    const { clock, beats, interrupt } = start({
      beat: () => Promise.resolve(),
      looks: [seen(), blind()],
      policy: policyWith({ blindAfterMs: 180 * seconds }),
    });

    await clock.advanceTo(330 * seconds);
    await interrupt();

    expect(beats.slice(0, 2)).toEqual(["0 start", "0 good"]);
    expect(beats.slice(2).map((each) => each.split(" ")[1])).toEqual(["fail", "fail", "fail"]);
  });

  it("delays no poll and no end, also when its receiver never answers", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({ beat: silent });

    await clock.advanceTo(180 * seconds);

    expect(lookedAtSeconds()).toEqual([0, 60, 120, 180]);
    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(clock.nowMs()).toBe(180 * seconds);
  });

  it("of a single poll has no start, and holds up the end for three seconds at most", async () => {
    const { clock, beats, ended } = start({ beat: silent, options: { once: true } });

    await clock.advanceTo(3 * seconds);

    expect(await ended).toMatchObject({ kind: "once" });
    expect(beats).toEqual(["0 good"]);
  });
});

describe("a look that failed", () => {
  const armed: GuardState = { ...emptyState, fired: { warning: true } };
  const throttled = (forSeconds: number): Look => ({
    kind: "blind",
    atMs: 0,
    cause: "bad-answer",
    because: "HTTP 429",
    retryAfterMs: forSeconds * seconds,
  });

  it("is told, decides nothing, and is soon taken again", async () => {
    const { clock, lookedAtSeconds, story, engine, interrupt } = start({
      looks: [blind(), blind(), seen({ balanceUsd: 50 })],
      state: armed,
    });

    await clock.advanceTo(10 * seconds);
    const whileBlind = engine.state();
    await clock.advanceTo(15 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 5, 15]);
    expect(whileBlind.fired["warning"]).toBe(true);
    expect(story).toEqual([
      "poll failed; nothing decided",
      "poll failed; nothing decided",
      "threshold re-armed",
      "polled",
      "daemon stopped",
    ]);
  });

  it.each<[string, number, (Look | Error)[], number, number[]]>([
    [
      "less soon each time, never beyond the pace",
      60,
      [blind()],
      200,
      [0, 5, 15, 35, 75, 135, 195],
    ],
    ["at the pace when that is quick", 7, [blind()], 25, [0, 5, 12, 19]],
    ["at a very quick pace", 2, [blind()], 7, [0, 2, 4, 6]],
    [
      "and at the even pace once one has seen",
      60,
      [blind(), blind(), seen(), blind(), seen()],
      150,
      [0, 5, 15, 75, 80, 140],
    ],
    [
      "no sooner than RunPod asks for",
      60,
      [throttled(25), throttled(3), blind(), seen()],
      115,
      [0, 25, 35, 55, 115],
    ],
    ["at the pace where RunPod asks for more than that", 60, [throttled(900)], 130, [0, 60, 120]],
  ])("is taken again: %s", async (_sentence, pollSeconds, looks, untilSeconds, expected) => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks,
      options: { pollIntervalMs: () => pollSeconds * seconds },
    });

    await clock.advanceTo(untilSeconds * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });

  it("after a thousand more is still taken again at the pace", async () => {
    const { clock, lookedAtMs, interrupt } = start({
      looks: [blind()],
      options: { pollIntervalMs: () => 1 * seconds },
    });

    await clock.advanceTo(1_500 * seconds);
    await interrupt();

    expect(lookedAtMs).toHaveLength(1_501);
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
      state: { ...crashed.saved(), lastSeen: undefined },
      perform,
    });
    await clock.advanceTo(4 * seconds);
    const whileBlind = [...begun];
    await clock.advanceTo(5 * seconds);
    await interrupt();

    expect(whileBlind).toEqual([]);
    expect(begun).toEqual(["notify:warning", "call-agent:warning"]);
  });
});

describe("a line that comes near", () => {
  /** $60/h, a dollar a minute; the warning is at $10. */
  const falling = (fromUsd: number, atSeconds: readonly number[]) =>
    atSeconds.map((at) => seen({ balanceUsd: fromUsd - at / 60, burnPerHrUsd: 60 }));
  const isAdaptive = () => true;
  /** The balance lasts until second 84. */
  const seconds84 = [0, 12.2, 24.4, 36.6, 48.8, 61, 73.2, 85.5];

  it("is polled for in steps, and at its moment", async () => {
    const { clock, lookedAtSeconds, story, interrupt } = start({
      looks: falling(11.4, seconds84),
      options: { isAdaptive },
    });

    await clock.advanceTo(86 * seconds);
    await interrupt();

    expect(lookedAtSeconds().map((at) => Math.round(at))).toEqual([0, 12, 24, 37, 49, 61, 73, 86]);
    expect(story).toContain("trip warning");
  });

  it("is told as the next poll", async () => {
    const planned: number[] = [];
    const { clock, interrupt } = start({
      looks: falling(11.4, seconds84),
      options: { isAdaptive, planned: (atMs) => planned.push(atMs / seconds) },
    });

    await clock.advanceTo(1 * seconds);
    await interrupt();

    expect(planned[0]).toBeCloseTo(12.2, 1);
  });

  it("at a fixed pace is crossed between two polls", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({ looks: falling(11.4, [0, 60, 120]) });

    await clock.advanceTo(130 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 120]);
  });

  it("far ahead is no reason to poll sooner", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [seen({ balanceUsd: 100, burnPerHrUsd: 1 })],
      options: { isAdaptive },
    });

    await clock.advanceTo(130 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 120]);
  });
});

describe("RunPod's rate windows", () => {
  const paced = (paceSeconds: number): Look =>
    seen({ balanceUsd: 0.4, paceMs: paceSeconds * seconds });
  const backstopAfter = (afterMs: number) => policyWith({ backstop: { action: "stop", afterMs } });

  it.each<[string, (Look | Error)[], number, number[]]>([
    ["that allow more change nothing", [paced(20)], 130, [0, 60, 120]],
    ["that allow fewer polls make them fewer", [paced(90)], 200, [0, 90, 180]],
    ["that allow more again do so at once", [paced(90), paced(10)], 220, [0, 90, 150, 210]],
    [
      "are kept to also after a poll that failed",
      [paced(90), blind(), paced(90)],
      200,
      [0, 90, 180],
    ],
  ])("%s", async (_sentence, looks, untilSeconds, expected) => {
    const { clock, lookedAtSeconds, interrupt } = start({ looks });

    await clock.advanceTo(untilSeconds * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });

  it.each([
    ["a short while", 6, 2, [0, 6, 66]],
    ["and never long: half of them is left for that", 90, 2, [0, 15, 105]],
  ])("keep what comes due waiting for %s", async (_sentence, pace, backstop, expected) => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [paced(pace)],
      policy: backstopAfter(backstop * seconds),
    });

    await clock.advanceTo(110 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });
});

describe("a look out of turn", () => {
  const low = seen({ balanceUsd: 0.4 });
  const backstopAfter = (afterMs: number) => policyWith({ backstop: { action: "stop", afterMs } });

  it.each<[string, number, number, number[]]>([
    ["when the backstop comes due", 90, 220, [0, 60, 90, 150, 210]],
    ["not twice when that is at a poll", 120, 240, [0, 60, 120, 180, 240]],
    ["no sooner than a second after the last", 60.2, 130, [0, 60, 61, 121]],
    ["a second after the first, at the soonest", 0.2, 70, [0, 1, 61]],
  ])("is taken %s", async (_sentence, afterSeconds, untilSeconds, expected) => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [low],
      policy: backstopAfter(afterSeconds * seconds),
    });

    await clock.advanceTo(untilSeconds * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });

  it.each<[string, number, number[]]>([
    ["is wished for", 20, [0, 20, 80]],
    ["is wished for while the last one is under way", 0.5, [0, 2, 62]],
    ["was wished for before the last", -1, [0, 60]],
  ])("is taken soon when it %s, once", async (_sentence, wishedAtSeconds, expected) => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looksTakeMs: [1 * seconds, 0],
      options: {
        wishedAtMs: () =>
          clock.nowMs() >= wishedAtSeconds * seconds ? wishedAtSeconds * seconds : -Infinity,
      },
    });

    await clock.advanceTo(90 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(expected);
  });

  it("is taken for a backstop that came due while the last look was being saved", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [low],
      savesTakeMs: 3 * seconds,
      policy: backstopAfter(61 * seconds),
    });

    await clock.advanceTo(65 * seconds);
    const ended = interrupt();
    await clock.advanceTo(300 * seconds);
    await ended;

    expect(lookedAtSeconds()).toEqual([0, 60, 64]);
  });

  it("is taken for a backstop hours ahead, where looks are further apart still", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [low],
      policy: backstopAfter(5_400 * seconds),
      options: { pollIntervalMs: () => 7_200 * seconds },
    });

    await clock.advanceTo(5_400 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 5_400]);
  });

  it("is taken at once where the end of a pod has overtaken the last: that pod is not ended again", async () => {
    const { begun, perform } = performing(() => clock, 65 * seconds);
    const { clock, lookedAtSeconds, story, interrupt } = start({
      // Asked for at 60 s, answered as it was then at 70 s; the end is proven at 65 s.
      looks: [low, low, seen({ balanceUsd: 0.4, pods: [] })],
      looksTakeMs: [0, 10 * seconds, 0],
      policy: backstopAfter(0),
      perform,
    });

    await clock.advanceTo(100 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 70]);
    expect(begun.filter((id) => id.startsWith("end-pod"))).toHaveLength(1);
    expect(story.filter((words) => words === "polled")).toHaveLength(2);
  });

  it("is taken when the end of a pod is to be tried again: 5, 10, 20, 40, then 60 s later", async () => {
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [low],
      policy: backstopAfter(0),
      perform: ({ kind }) => Promise.resolve(kind === "end-pod" ? failed : done),
    });

    await clock.advanceTo(200 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 5, 15, 35, 75, 135, 195]);
  });

  it("is taken for an agent five minutes after its second failure, between two polls", async () => {
    const begunAt: number[] = [];
    const { clock, lookedAtSeconds, interrupt } = start({
      looks: [seen({ balanceUsd: 9 })],
      perform: async ({ kind }, _look, signal) => {
        if (kind === "notify") return done;
        begunAt.push(clock.nowMs() / seconds);
        await clock.sleepUntil(clock.nowMs() + 7 * seconds, signal);
        return failed;
      },
    });

    await clock.advanceTo(400 * seconds);
    await interrupt();

    expect(begunAt).toEqual([0, 60, 367]);
    expect(lookedAtSeconds()).toContain(367);
  });

  it("is taken when a new config brings a backstop nearer", async () => {
    const policies = [policyWith(), backstopAfter(10 * seconds)];
    let [policy = policyWith()] = policies;
    const live = {
      ...policy,
      get thresholds() {
        return policy.thresholds;
      },
    };
    const { clock, lookedAtSeconds, interrupt } = start({ looks: [low], policy: live });
    await clock.advanceTo(4 * seconds);

    [, policy = policyWith()] = policies;
    await clock.advanceTo(30 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 10]);
  });
});

describe("a cycle that breaks", () => {
  const bug = new Error("the moon is full");
  const words = "poll cycle failed; this is a bug";

  it("is told with its stack, and the loop goes on", async () => {
    const { clock, lookedAtSeconds, story, interrupt } = start({
      looks: [bug, bug, seen(), bug, bug, seen()],
    });

    await clock.advanceTo(300 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(lookedAtSeconds()).toEqual([0, 60, 120, 180, 240, 300]);
    expect(story.filter((each) => each === words)).toHaveLength(4);
  });

  it("three times in a row ends the watch with what broke it, cleanly", async () => {
    const { clock, ended, lookedAtSeconds, story, told } = start({ looks: [seen(), bug] });

    await clock.advanceTo(1_000 * seconds);

    await expect(ended).rejects.toBe(bug);
    expect(lookedAtSeconds()).toEqual([0, 60, 120, 180]);
    expect(story.filter((each) => each === words)).toHaveLength(3);
    expect(told.slice(-2)).toEqual([
      [180, "stopping"],
      [180, "idle"],
    ]);
  });

  it("ends what runs before it ends the watch, and leaves it owed", async () => {
    const { begun, perform } = performing(() => clock);
    const { clock, ended, saved } = start({ looks: [seen({ balanceUsd: 9 }), bug], perform });

    await clock.advanceTo(1_000 * seconds);

    await expect(ended).rejects.toBe(bug);
    expect(begun).toHaveLength(2);
    expect(saved().owed).toHaveLength(2);
  });

  it("ends the watch at once where only one look was wanted", async () => {
    const { ended, lookedAtMs } = start({ looks: [bug], options: { once: true } });

    await expect(ended).rejects.toBe(bug);
    expect(lookedAtMs).toEqual([0]);
  });
});

describe("what never comes back", () => {
  const never = (): Promise<never> => new Promise(() => {});
  const hourly = (untilSeconds: number): readonly number[] =>
    Array.from({ length: untilSeconds / 60 + 1 }, (_, n) => n * 60);

  it("a poll: it is given up, counts as failed, and the next one is made", async () => {
    const { clock, lookedAtSeconds, engine, story, interrupt } = start({
      looksTakeMs: [0, Infinity],
      state: { ...emptyState, fired: { warning: true } },
    });

    await clock.advanceTo(400 * seconds);
    const { blind: blindness, fired } = engine.state();
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 150, 240, 330]);
    expect(blindness).toBeDefined();
    expect(fired["warning"]).toBe(false);
    expect(story).toContain("poll failed; nothing decided");
  });

  it.each<[string, Given]>([
    ["a save", { savesTakeMs: Infinity }],
    ["a measurement", { measure: never }],
    ["a probe", { probing: never }],
    ["a notification", { perform: never }],
    ["a record of the history", { append: never }],
    ["what keeps the files short", { tidy: never }],
  ])("%s: polls go on, and so does the end", async (_sentence, given) => {
    const { clock, lookedAtSeconds, interrupt, ended } = start({
      looks: [seen({ balanceUsd: 9, pods: [pod()] })],
      ...given,
    });
    await clock.advanceTo(600 * seconds);

    void interrupt();
    await clock.advanceTo(605 * seconds);

    expect(await ended).toEqual({ kind: "interrupted" });
    const polls = lookedAtSeconds().filter((each) => each % 60 === 0);
    expect(polls).toEqual(hourly(600).slice(0, polls.length));
    expect(polls.length).toBeGreaterThanOrEqual(10);
  });

  it("the leases: the poll is dealt with when they are given up", async () => {
    const { clock, lookedAtSeconds, story, interrupt, ended } = start({ readLeases: never });

    await clock.advanceTo(200 * seconds);
    void interrupt();
    await clock.advanceTo(205 * seconds);
    await ended;

    expect(lookedAtSeconds()).toEqual([0, 90, 180]);
    expect(story).toContain("leases not read");
  });

  it("the calendar: the poll is dealt with when it is given up", async () => {
    const { clock, lookedAtSeconds, story, interrupt, ended } = start({ readMoments: never });

    await clock.advanceTo(200 * seconds);
    void interrupt();
    await clock.advanceTo(205 * seconds);
    await ended;

    expect(lookedAtSeconds()).toEqual([0, 90, 180]);
    expect(story).toContain("calendar not asked");
  });

  it("a poll that is under way when the end comes: it is not waited for", async () => {
    const { clock, interrupt, ended } = start({ looks: [seen()], looksTakeMs: [0, Infinity] });
    await clock.advanceTo(70 * seconds);

    void interrupt();
    await clock.advanceTo(74 * seconds);

    expect(await ended).toEqual({ kind: "interrupted" });
  });
});

describe("what the guard cannot take in", () => {
  it("is skipped and told, and the loop goes on", async () => {
    const { clock, lookedAtSeconds, toldDirectly, story, samplesAtMs, interrupt } = start({
      breaksAtLooks: [2],
    });

    await clock.advanceTo(180 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 120, 180]);
    expect(samplesAtMs).toEqual([0, 120_000, 180_000]);
    expect(story).toContain("input skipped; this is a bug");
    expect(toldDirectly).toEqual([
      "an input (look) could not be taken in and was skipped: cannot decide",
      "a poll could not be dealt with, which is a bug: the guard could not take in the poll",
    ]);
  });

  it("three times in a row ends the watch, after it was told", async () => {
    const { clock, toldDirectly, story, ended } = start({ breaksAtLooks: [1, 2, 3] });

    await clock.advanceTo(180 * seconds);

    await expect(ended).rejects.toThrow("the guard could not take in the poll");
    expect(toldDirectly[0]).toContain("cannot decide");
    expect(story.filter((each) => each === "input skipped; this is a bug").length).toBeGreaterThan(
      3,
    );
  });

  it("when it is the outcome of an effect, that effect stays owed", async () => {
    let policyBreaks = false;
    const { clock, engine, saved, story, interrupt } = start({
      looks: [seen({ balanceUsd: 9 })],
      policy: Object.defineProperty({ ...policyWith() }, "agentAttempts", {
        get() {
          if (policyBreaks) throw new Error("cannot decide");
          return 3;
        },
      }),
      async perform() {
        policyBreaks = true;
        return Promise.resolve(failed);
      },
    });

    await clock.advanceTo(60 * seconds);
    const owed = engine.state().owed.map(({ kind }) => kind);
    await interrupt();

    expect(story).toContain("input skipped; this is a bug");
    expect(owed).toContain("call-agent");
    expect(saved().owed.map(({ kind }) => kind)).toContain("call-agent");
  });
});

describe("the systemd", () => {
  const status = "balance $100.00, burn $1.49/h";

  it("hears that we are ready at the first look, that we live at each, and that we stop", async () => {
    const { clock, told, interrupt } = start({
      looks: [seen(), seen({ balanceUsd: 99, burnPerHrUsd: undefined }), blind()],
    });

    await clock.advanceTo(130 * seconds);
    await interrupt();

    expect(told).toEqual([
      [0, `ready: ${status}`],
      [60, "alive: balance $99.00, burn unknown"],
      [120, "alive: poll failed: connection refused"],
      [125, "alive: poll failed: connection refused"],
      [130, "stopping"],
      [130, "idle"],
    ]);
  });

  it("hears that we live at half of its patience while we wait", async () => {
    const { clock, told, interrupt } = start({ watchdogMs: 15 * seconds });

    await clock.advanceTo(80 * seconds);
    await interrupt();

    expect(told.slice(0, -2)).toEqual([
      [0, `ready: ${status}`],
      [15, `alive: ${status}`],
      [30, `alive: ${status}`],
      [45, `alive: ${status}`],
      [60, `alive: ${status}`],
      [75, `alive: ${status}`],
    ]);
  });

  it("hears that we are ready although the account is not seen", async () => {
    const { told, interrupt, clock } = start({ looks: [blind()] });

    await clock.advanceTo(0);
    await interrupt();

    expect(told[0]).toEqual([0, "ready: poll failed: connection refused"]);
  });

  it("hears that we are ready once, though the first cycle broke", async () => {
    const { clock, told, interrupt } = start({
      looks: [new Error("a bug"), seen()],
      watchdogMs: 25 * seconds,
    });

    await clock.advanceTo(70 * seconds);
    await interrupt();

    expect(told.slice(0, 3)).toEqual([
      [25, "alive: starting"],
      [50, "alive: starting"],
      [60, `ready: ${status}`],
    ]);
    expect(told.filter(([, what]) => what.startsWith("ready"))).toHaveLength(1);
  });

  it("hears that polls do not come back", async () => {
    const { clock, told, interrupt } = start({
      looksTakeMs: [0, Infinity],
      watchdogMs: 15 * seconds,
    });

    await clock.advanceTo(160 * seconds);
    const last = told.at(-1);
    await interrupt();

    expect(last).toEqual([150, "alive: poll failed: given up: not done after 90 s"]);
  });

  it("hears that we live while we wait for what runs after the longest runtime", async () => {
    const { perform } = performing(() => clock, 100 * seconds);
    const { clock, ended, told } = start({
      looks: [seen({ balanceUsd: 9 })],
      perform,
      watchdogMs: 30 * seconds,
      options: { maxRuntimeMs: 20 * seconds },
    });

    await clock.advanceTo(200 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(told).toEqual([
      [0, "ready: balance $9.00, burn $1.49/h"],
      [50, "alive: stopping; waiting for running commands"],
      [80, "alive: stopping; waiting for running commands"],
      [100, "stopping"],
      [100, "idle"],
    ]);
  });
});

describe("the longest runtime", () => {
  it("ends the watch, cleanly", async () => {
    const { clock, lookedAtMs, ended, story } = start({ options: { maxRuntimeMs: 100 * seconds } });

    await clock.advanceTo(500 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(lookedAtMs).toEqual([0, 60 * seconds]);
    expect(story.at(-1)).toBe("daemon stopped");
  });

  it("cuts off a look, which then decides nothing", async () => {
    const { clock, ended, story } = start({
      looks: [seen({ balanceUsd: 1 })],
      looksTakeMs: [30 * seconds],
      options: { maxRuntimeMs: 10 * seconds },
    });

    await clock.advanceTo(10 * seconds);

    expect(await ended).toEqual({ kind: "max-runtime" });
    expect(story).toEqual(["daemon stopped"]);
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

  it.each<[string, GivenOptions, string]>([
    ["after the longest runtime", { maxRuntimeMs: 30 * seconds }, "max-runtime"],
    ["after one poll", { once: true }, "once"],
  ])(
    "%s, ways that hang are waited for a short time, all together: what is owed stays owed, and is said",
    async (_sentence, options, kind) => {
      const { begun, perform } = performing(() => clock);
      const thresholds = [{ name: "low", belowUsd: 10, answers: [], backstop: undefined }];
      const channels = ["phone", "mail"].map((name) => ({ name, minSeverity: "info" as const }));
      const { clock, ended, saved, story } = start({
        looks: [seen({ balanceUsd: 0 })],
        perform,
        policy: policyWith({ thresholds, channels, tells: false }),
        options,
      });

      await clock.advanceTo(75 * seconds);

      expect((await ended).kind).toBe(kind);
      expect(begun).toHaveLength(4);
      expect(saved().owed.map(({ tries }) => tries)).toEqual([0, 0, 0, 0]);
      expect(story).toContain("notifications not sent yet; they are owed at the next start");
    },
  );

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

describe("tidying", () => {
  it("comes after the first look, and then once a day", async () => {
    const { clock, tidiedAtHours, interrupt } = start({
      looksTakeMs: [72 * seconds, 0],
      options: { pollIntervalMs: () => 36 * seconds },
    });

    await clock.advanceTo(50 * 3_600 * seconds);
    await interrupt();

    expect(tidiedAtHours).toEqual([0.02, 24.02, 48.02]);
  });

  it("that takes for ever holds up no look and no end, and is told to end", async () => {
    let ending: AbortSignal | undefined;
    const { clock, lookedAtSeconds, interrupt } = start({
      tidy(signal) {
        ending = signal;
        return new Promise(() => undefined);
      },
    });

    await clock.advanceTo(130 * seconds);
    const ended = await interrupt();

    expect(lookedAtSeconds()).toEqual([0, 60, 120]);
    expect(ended).toEqual({ kind: "interrupted" });
    expect(ending?.aborted).toBe(true);
  });

  it("is waited for where only one look was wanted, unless interrupted", async () => {
    let finish = (): void => undefined;
    const tidy = () => new Promise<void>((resolve) => (finish = resolve));
    const patient = start({ tidy, options: { once: true } });
    await patient.clock.advanceTo(100 * seconds);
    patient.told.push([100, "tidied"]);
    finish();
    await patient.ended;
    const impatient = start({ tidy, options: { once: true } });
    await impatient.clock.advanceTo(100 * seconds);

    expect(await impatient.interrupt()).toEqual({ kind: "interrupted" });
    expect(patient.told.map(([, what]) => what)).toEqual(["tidied", "stopping", "idle"]);
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

  it("ends it while the state is being saved, which nobody takes for a bug", async () => {
    const { clock, ended, interrupt, story, toldDirectly } = start({
      looks: [seen({ balanceUsd: 1 })],
      savesTakeMs: 8 * seconds,
    });
    await clock.advanceTo(1 * seconds);

    void interrupt();
    await clock.advanceTo(20 * seconds);

    expect(await ended).toEqual({ kind: "interrupted" });
    expect(story).not.toContain("poll cycle failed; this is a bug");
    expect(toldDirectly).toEqual([]);
  });

  it("ends it while it looks, and that look decides nothing", async () => {
    const { clock, interrupt, story } = start({
      looks: [seen({ balanceUsd: 1 })],
      looksTakeMs: [30 * seconds],
    });
    await clock.advanceTo(10 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(story).toEqual(["daemon stopped"]);
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

describe("what the pods do", () => {
  const looksAt = [0, 60, 120, 180];
  const hangs = (signal: AbortSignal): Promise<Measured> =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () =>
        resolve({ kind: "unmeasured", atMs: 0, because: "interrupted" }),
      );
    });

  it("is measured after each look that showed a running pod", async () => {
    const { clock, measuredAtSeconds, interrupt } = start();

    await clock.advanceTo(180 * seconds);
    await interrupt();

    expect(measuredAtSeconds).toEqual(looksAt);
  });

  it.each<[string, Look]>([
    ["without pods", seen({ pods: [] })],
    ["with pods that do not run", seen({ pods: [pod({ status: "stopped" })] })],
    ["with pods that are not seen", seen({ pods: "unknown" })],
    ["that is not seen at all", blind()],
  ])("is not asked of an account %s", async (_sentence, look) => {
    const { clock, measuredAtSeconds, lookedAtMs, interrupt } = start({ looks: [look] });

    await clock.advanceTo(180 * seconds);
    await interrupt();

    expect(lookedAtMs.length).toBeGreaterThan(3);
    expect(measuredAtSeconds).toEqual([]);
  });

  it("delays no look, however long it hangs, and is asked again when it is given up", async () => {
    const { clock, lookedAtSeconds, measuredAtSeconds, story, interrupt } = start({
      measure: hangs,
    });

    await clock.advanceTo(180 * seconds);

    expect(await interrupt()).toEqual({ kind: "interrupted" });
    expect(lookedAtSeconds()).toEqual(looksAt);
    expect(measuredAtSeconds).toEqual([0, 120]);
    expect(story.filter((each) => each === "polled")).toHaveLength(4);
  });

  it.each<[string, () => Promise<Measured>, string]>([
    [
      "cannot be measured",
      () => Promise.resolve({ kind: "unmeasured", atMs: 0, because: "HTTP 500" }),
      "could not read the load of the pods",
    ],
    [
      "breaks what measures it",
      () => Promise.reject(new Error("the moon is full")),
      "reading the load of the pods failed; this is a bug",
    ],
  ])("that %s delays no look either, is told, and is asked again", async (_s, measure, words) => {
    const { clock, lookedAtSeconds, measuredAtSeconds, story, interrupt } = start({ measure });

    await clock.advanceTo(180 * seconds);
    await interrupt();

    expect(lookedAtSeconds()).toEqual(looksAt);
    expect(measuredAtSeconds).toEqual(looksAt);
    expect(story.filter((each) => each === words)).toHaveLength(4);
  });

  it("decides nothing once the watch is ending", async () => {
    const { clock, interrupt, story, engine } = start({ measure: hangs });
    await clock.advanceTo(30 * seconds);

    await interrupt();

    expect(story).not.toContain("could not read the load of the pods");
    expect(engine.state().unmeasured).toBeUndefined();
  });

  it("is waited for where only one look was wanted, with what it brings about", async () => {
    const { begun, perform } = performing(() => clock, 5 * seconds);
    const { clock, ended } = start({
      measure: async (signal) => {
        await clock.sleepUntil(20 * seconds, signal);
        return { kind: "measured", atMs: clock.nowMs(), samples: [longAgo] };
      },
      policy: policyWith({ podGuards: { ...policyWith().podGuards, warnMs: 0, hardTimeout } }),
      perform,
      options: { once: true },
    });

    await clock.advanceTo(24 * seconds);
    const before = [...begun];
    await clock.advanceTo(60 * seconds);

    expect(await ended).toMatchObject({ kind: "once" });
    expect(before).toEqual(["end-run:hard_timeout:p1"]);
  });
});

/** A pod that has run for nine hours. */
const longAgo: PodSample = {
  podId: "p1",
  bootedAtMs: -9 * 3_600 * seconds,
  lastStartedAtMs: undefined,
  takenAtMs: undefined,
  cpuPercent: undefined,
  gpuPercents: undefined,
  gpuType: undefined,
  region: undefined,
};
const hardTimeout = { action: "stop", pods: ["*"], afterMs: 8 * 3_600 * seconds } as const;

describe("beside each look", () => {
  it("what people said is read, and what was seen of the money is kept", async () => {
    const { clock, leaseReads, samplesAtMs, interrupt } = start({
      looks: [seen(), blind(), seen()],
    });

    await clock.advanceTo(65 * seconds);
    await interrupt();

    expect(leaseReads()).toBe(3);
    // A look that failed shows no money.
    expect(samplesAtMs).toEqual([0, 65 * seconds]);
  });
});

describe("the history", () => {
  const daemonRecords = (history: readonly HistoryRecord[]): readonly string[] =>
    history.flatMap(({ type, because }) => (type === "daemon" ? [because] : []));

  it("has when the watch began, and when and why it ended, before it has ended", async () => {
    const { clock, history, interrupt } = start();
    await clock.advanceTo(0);
    const atFirst = daemonRecords(history);

    await interrupt();

    expect(atFirst).toEqual(["daemon started"]);
    expect(daemonRecords(history)).toEqual(["daemon started", "daemon stopped: interrupted"]);
  });

  it.each<[string, NonNullable<Given["options"]>, string]>([
    ["once", { once: true }, "daemon stopped: once"],
    ["after the longest runtime", { maxRuntimeMs: 30 * seconds }, "daemon stopped: max-runtime"],
  ])("%s too", async (_sentence, options, last) => {
    const { clock, history, ended } = start({ options });

    await clock.advanceTo(60 * seconds);
    await ended;

    expect(daemonRecords(history)).toEqual(["daemon started", last]);
  });

  it("has its end although it was just being written", async () => {
    let release: () => void = () => undefined;
    let isSlow = false;
    const { clock, history, interrupt, saved } = start({
      looks: [seen(), seen({ balanceUsd: 9 })],
      append: () =>
        isSlow ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve(),
    });
    await clock.advanceTo(30 * seconds);
    isSlow = true;
    await clock.advanceTo(60 * seconds);
    isSlow = false;

    const ended = interrupt();
    await clock.advanceTo(61 * seconds);
    release();
    await ended;

    expect(history.map(({ type }) => type)).toContain("trip");
    expect(daemonRecords(history).at(-1)).toBe("daemon stopped: interrupted");
    expect(saved().unrecorded).toEqual([]);
  });

  it("on a disk that hangs holds up no look and no end for more than 10 s, and is kept", async () => {
    const { clock, lookedAtSeconds, interrupt, saved } = start({
      append: () => new Promise(() => {}),
    });
    await clock.advanceTo(65 * seconds);

    const ended = interrupt();
    await clock.advanceTo(75 * seconds);

    expect(await ended).toEqual({ kind: "interrupted" });
    expect(lookedAtSeconds()).toEqual([0, 60]);
    expect(daemonRecords(saved().unrecorded)).toEqual([
      "daemon started",
      "daemon stopped: interrupted",
    ]);
  });
});
