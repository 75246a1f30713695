import { describe, expect, it } from "vitest";
import { createOutsideBeats, type OutsideBeatsDeps } from "#daemon/beside/outside-beats.ts";
import type { Wish } from "#daemon/beside/taking-wishes.ts";
import type { Look } from "#guard/model/account.ts";
import { emptyState, type Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { seen } from "../../guard/samples.ts";

const second = 1_000;
const never = new AbortController().signal;

type Send = OutsideBeatsDeps["send"];

const heard: Send = () => Promise.resolve({ kind: "heard" });
const fails: Send = () => Promise.resolve({ kind: "failed", because: "HTTP 500" });
const hangs: Send = () => new Promise(() => undefined);

const back = {
  id: "7-1",
  aheadMs: 0,
  base: emptyState,
  theirs: { ...emptyState, fired: { warning: true } },
  channels: [],
  because: "the guard outside guarded",
};
const handsOver: Send = () => Promise.resolve({ kind: "heard", back });

function setUp(first: Send = heard) {
  const clock = createFakeClock();
  let send = first;
  let isWanted = true;
  /** What was said and taken in, in order, by the second. */
  const story: string[] = [];
  const inputs: Input[] = [];
  const signals: AbortSignal[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: ({ because }) => void story.push(`warned ${String(because)}`),
    error: ({ stack }) => void story.push(`error ${String(stack).split("\n", 1)[0]}`),
  };
  let takes = (): Promise<unknown> => Promise.resolve();
  let takesWishes: OutsideBeatsDeps["takeWishes"] = () => Promise.resolve(false);
  let takesLeases: OutsideBeatsDeps["takeLeases"] = () => Promise.resolve();
  const beats = createOutsideBeats({
    isWanted: () => isWanted,
    send: async (look, signal) => {
      story.push(`${clock.nowMs() / second} ${wordsOf(look)}`);
      signals.push(signal);
      const sent = await send(look, signal);
      story.push(`${clock.nowMs() / second} answered`);
      return sent;
    },
    clock,
    log,
    async take(input) {
      await takes();
      inputs.push(input);
      if (input.kind !== "recovered" || inputs.length > 1) story.push(`took ${input.kind}`);
    },
    takeLeases: (leases) => takesLeases(leases),
    takeWishes: (wishes) => takesWishes(wishes),
  });
  return {
    clock,
    beats,
    story,
    inputs,
    signals,
    answers: (next: Send) => void (send = next),
    isWantedNow: (next: boolean) => void (isWanted = next),
    takesWishesLike: (next: OutsideBeatsDeps["takeWishes"]) => void (takesWishes = next),
    takesLeasesLike: (next: OutsideBeatsDeps["takeLeases"]) => void (takesLeases = next),
    takesLike: (next: () => Promise<unknown>) => void (takes = next),
    /** Polls at these seconds; what is sent then is answered before the next one, if ever. */
    polls: async (atSeconds: readonly number[], signal = never): Promise<void> => {
      for (const at of atSeconds) {
        await clock.advanceTo(at * second);
        beats.looked(lookAt(at), signal);
        await clock.advanceTo(at * second);
      }
    },
  };
}

function lookAt(atSecond: number): Look {
  return seen({ atMs: atSecond * second });
}

function wordsOf(look: Look | undefined): string {
  return look === undefined ? "hello" : `beat of ${look.atMs / second}`;
}

const troubles = (inputs: readonly Input[]): readonly string[] =>
  inputs.flatMap((input) =>
    input.kind === "trouble" || input.kind === "recovered"
      ? [`${input.atMs / second} ${input.kind}`]
      : [],
  );

describe("before the first poll", () => {
  it("what was done elsewhere is taken in first", async () => {
    const { beats, clock, story, inputs } = setUp(handsOver);

    await beats.hello(never);

    expect(story).toEqual(["0 hello", "0 answered", "took handed-back", "took recovered"]);
    expect(inputs[0]).toEqual({ kind: "handed-back", atMs: clock.nowMs(), ...back });
  });

  it("the leases that people were given there are kept before all else is taken in", async () => {
    const leases = { leases: {}, touchedAtMs: { p1: 7 } };
    const { beats, story, inputs, takesLeasesLike } = setUp(() =>
      Promise.resolve({ kind: "heard", back: { ...back, leases } }),
    );
    takesLeasesLike((given) => Promise.resolve(story.push(`kept ${JSON.stringify(given)}`)));

    await beats.hello(never);

    const kept = `kept ${JSON.stringify(leases)}`;
    expect(story).toEqual(["0 hello", "0 answered", kept, "took handed-back", "took recovered"]);
    expect(inputs[0]).not.toHaveProperty("leases");
  });

  it("nothing of it is taken in where the leases cannot be kept: it is handed over again", async () => {
    const leases = { leases: {}, touchedAtMs: {} };
    const { beats, inputs, takesLeasesLike, story } = setUp(() =>
      Promise.resolve({ kind: "heard", back: { ...back, leases } }),
    );
    takesLeasesLike(() => Promise.reject(new Error("no disk")));

    await beats.hello(never);

    expect(inputs).toEqual([]);
    expect(story.at(-1)).toMatch(/warned the leases .* cannot be kept: no disk/);
  });

  it("an answer that never comes is waited for ten seconds, and told to end", async () => {
    const { beats, clock, signals } = setUp(hangs);
    let isOver = false;

    const hello = beats.hello(never).then(() => void (isOver = true));
    await clock.advanceTo(9_999);
    const before = isOver;
    await clock.advanceTo(10 * second);
    await hello;

    expect(before).toBe(false);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it.each<[string, Send]>([
    ["refuses", fails],
    ["throws", () => Promise.reject(new Error("no"))],
  ])("one that %s is not waited for", async (_sentence, send) => {
    const { beats, clock, story, inputs } = setUp(send);

    await beats.hello(never);

    expect(clock.nowMs()).toBe(0);
    expect(story.filter((line) => line.startsWith("warned"))).toHaveLength(1);
    expect(inputs).toEqual([]);
  });

  it("a daemon that is ended meanwhile waits a second longer at most, and is told nothing", async () => {
    const { beats, clock, story, inputs } = setUp(hangs);
    const ending = new AbortController();

    const hello = beats.hello(ending.signal);
    ending.abort();
    await clock.advanceTo(second);
    await hello;

    expect(story).toEqual(["0 hello"]);
    expect(inputs).toEqual([]);
  });

  it("where there is no guard outside, nothing is sent, then or later", async () => {
    const { beats, story, polls, isWantedNow } = setUp();
    isWantedNow(false);

    await beats.hello(never);
    await polls([0, 60]);

    expect(story).toEqual([]);
  });
});

describe("after each poll", () => {
  it("it says what was seen", async () => {
    const { polls, story } = setUp();

    await polls([0, 60, 65]);

    expect(story.filter((line) => !line.startsWith("took"))).toEqual([
      "0 beat of 0",
      "0 answered",
      "60 beat of 60",
      "60 answered",
      "65 beat of 65",
      "65 answered",
    ]);
  });

  it("one is sent at a time: of those that wait the newest follows, and no poll waits", async () => {
    const { polls, story, answers, clock, beats } = setUp(() =>
      clock.sleepUntil(8 * second, never).then(() => ({ kind: "heard" })),
    );

    await polls([0, 5, 6, 7]);
    answers(heard);
    await clock.advanceTo(8 * second);
    await beats.idle();

    expect(story.filter((line) => !line.startsWith("took"))).toEqual([
      "0 beat of 0",
      "8 answered",
      "8 beat of 7",
      "8 answered",
    ]);
  });

  it("what hangs is given up after 15 seconds, and the next one is sent", async () => {
    const { polls, story, answers, clock, signals } = setUp(hangs);

    await polls([0, 10]);
    answers(heard);
    await clock.advanceTo(15 * second);

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(story.filter((line) => !line.startsWith("took"))).toEqual([
      "0 beat of 0",
      "warned not done after 15 s",
      "15 beat of 10",
      "15 answered",
    ]);
  });

  it("what was handed over is taken in before the next beat is made", async () => {
    const { polls, story, answers, takesLike, clock, beats } = setUp(handsOver);
    takesLike(() => clock.sleepUntil(3 * second, never));

    await polls([0, 1]);
    answers(heard);
    await clock.advanceTo(4 * second);
    await beats.idle();

    expect(story.slice(0, 5)).toEqual([
      "0 beat of 0",
      "0 answered",
      "took handed-back",
      "took recovered",
      "3 beat of 1",
    ]);
  });

  it("what people have pressed there is seen to, and what came of it is said at once", async () => {
    const wish = { id: "w1" } as unknown as Wish;
    const { beats, polls, takesWishesLike, answers, story } = setUp();
    const taken: (readonly Wish[])[] = [];
    takesWishesLike((wishes) => {
      taken.push(wishes);
      return Promise.resolve(wishes.length > 0);
    });
    answers(() => Promise.resolve({ kind: "heard", wishes: taken.length === 0 ? [wish] : [] }));

    await beats.hello(never);
    const before = taken.length;
    await polls([5]);
    await beats.idle();

    expect(before).toBe(0);
    expect(taken).toEqual([[wish], []]);
    expect(story.filter((line) => line.includes("beat"))).toEqual(["5 beat of 5", "5 beat of 5"]);
  });

  it("none is sent once the daemon ends, and none that waits", async () => {
    const { polls, story, clock, beats } = setUp(hangs);
    const ending = new AbortController();

    await polls([0, 1], ending.signal);
    ending.abort();
    await clock.advanceTo(2 * second);
    await beats.idle();
    await polls([3], ending.signal);

    expect(story).toEqual(["0 beat of 0"]);
  });

  it("a bug in taking in what it says ends no later beat", async () => {
    const { polls, story, takesLike, answers } = setUp(handsOver);
    takesLike(() => Promise.reject(new Error("a bug")));

    await polls([0]);
    takesLike(() => Promise.resolve());
    answers(heard);
    await polls([60]);

    expect(story).toEqual(
      expect.arrayContaining(["error Error: a bug", "60 beat of 60", "60 answered"]),
    );
  });
});

describe("beats that do not arrive", () => {
  it("are told of after five minutes, with why, and once more when they arrive again", async () => {
    const { polls, answers, inputs } = setUp();
    await polls([0]);

    answers(fails);
    await polls([60, 120, 359]);
    const early = troubles(inputs);
    await polls([360, 420]);
    answers(heard);
    await polls([480, 540]);

    expect(early).toEqual(["0 recovered"]);
    expect(troubles(inputs)).toEqual([
      "0 recovered",
      "360 trouble",
      "420 trouble",
      "480 recovered",
    ]);
    expect(inputs).toContainEqual(
      expect.objectContaining({
        kind: "trouble",
        what: "the beats to the guard outside",
        because:
          "they do not arrive: HTTP 500. It may take this guard for silent, and act in its place",
      }),
    );
  });

  it("count anew from the last that arrived", async () => {
    const { polls, answers, inputs } = setUp(fails);

    await polls([0, 240]);
    answers(heard);
    await polls([280]);
    answers(fails);
    await polls([300, 599]);

    expect(troubles(inputs)).toEqual(["280 recovered"]);
  });

  it("count from the hello on", async () => {
    const { beats, polls, inputs } = setUp(fails);

    await beats.hello(never);
    await polls([60, 300]);

    expect(troubles(inputs)).toEqual(["300 trouble"]);
  });

  it("that the daemon's own end interrupts are none", async () => {
    const { polls, clock, beats, inputs } = setUp(hangs);
    const ending = new AbortController();

    await polls([0], ending.signal);
    ending.abort();
    await clock.advanceTo(600 * second);
    await beats.idle();

    expect(inputs).toEqual([]);
  });
});

describe("before a poll is taken in, the guard outside is asked what it has done", () => {
  it("after five minutes of silence, as after a sleep", async () => {
    const { beats, clock, story } = setUp(handsOver);
    await beats.hello(never);
    await clock.jumpTo(400 * second);

    await beats.catchUp(lookAt(400), never);

    expect(story.slice(-3)).toEqual(["400 beat of 400", "400 answered", "took handed-back"]);
  });

  it("not while it hears of this one", async () => {
    const { beats, polls, story } = setUp();
    await polls([0, 100, 200, 300, 400]);
    const before = story.length;

    await beats.catchUp(lookAt(401), never);

    expect(story).toHaveLength(before);
  });

  it("after minutes of polls that saw nothing", async () => {
    const { beats, clock, story } = setUp();
    for (const at of [0, 100, 200, 300]) {
      await clock.advanceTo(at * second);
      beats.looked({ kind: "blind", atMs: at, cause: "unreachable", because: "no answer" }, never);
      await beats.idle();
    }

    await beats.catchUp(lookAt(301), never);

    expect(story.at(-2)).toBe("300 beat of 301");
  });

  it("after a first poll that saw nothing", async () => {
    const { beats, clock, story } = setUp();
    await beats.hello(never);
    beats.looked({ kind: "blind", atMs: 1, cause: "unreachable", because: "no answer" }, never);
    await beats.idle();
    await clock.advanceTo(30 * second);

    await beats.catchUp(lookAt(30), never);

    expect(story.at(-2)).toBe("30 beat of 30");
  });

  it("not while a poll sees nothing still", async () => {
    const { beats, story } = setUp();

    await beats.catchUp(
      { kind: "blind", atMs: 0, cause: "unreachable", because: "no answer" },
      never,
    );

    expect(story).toEqual([]);
  });

  it("once in five minutes where it does not answer", async () => {
    const { beats, clock, story } = setUp(fails);
    await beats.catchUp(lookAt(0), never);
    await clock.advanceTo(200 * second);
    await beats.catchUp(lookAt(200), never);
    await clock.advanceTo(301 * second);
    await beats.catchUp(lookAt(301), never);

    expect(story.filter((each) => each.includes("beat of"))).toEqual([
      "0 beat of 0",
      "301 beat of 301",
    ]);
  });
});
