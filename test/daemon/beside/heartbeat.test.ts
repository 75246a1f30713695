import { describe, expect, it } from "vitest";
import { createHeartbeat, type HeartbeatDeps } from "#daemon/beside/heartbeat.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { policyWith, seen } from "../../guard/samples.ts";

const second = 1_000;
const minute = 60 * second;
const url = "https://hc-ping.com/U-1";
const never = new AbortController().signal;

type Send = HeartbeatDeps["send"];
type Settings = { readonly url: string; readonly everyMs: number };

const works: Send = () => Promise.resolve({ kind: "sent" });
const fails: Send = () =>
  Promise.resolve({ kind: "failed", because: "HTTP 500", isRefused: false });
const refuses: Send = () =>
  Promise.resolve({ kind: "failed", because: "HTTP 404", isRefused: true });

function setUp(given: { readonly send?: Send; readonly everyMs?: number } = {}) {
  const clock = createFakeClock();
  let send = given.send ?? works;
  let settings: Settings | undefined = { url, everyMs: given.everyMs ?? minute };
  let state: GuardState = { ...emptyState, lastSeen: seen() };
  /** At which second what was sent, and where that is not the first address. */
  const sent: string[] = [];
  const inputs: Input[] = [];
  const warned: unknown[] = [];
  const write = (facts: unknown): void => void warned.push(facts);
  const heartbeat = createHeartbeat({
    settings: () => settings,
    send: (beat, to, signal) => {
      sent.push(`${clock.nowMs() / second} ${beat.kind}${to === url ? "" : ` ${to}`}`);
      return send(beat, to, signal);
    },
    engine: { state: () => state },
    policy: () => policyWith({ blindAfterMs: 5 * minute }),
    clock,
    log: { debug: write, info: write, warn: write, error: write } satisfies Log,
    take(input) {
      inputs.push(input);
      return Promise.resolve();
    },
  });
  return {
    clock,
    heartbeat,
    sent,
    inputs,
    warned,
    /** Polls at these seconds. */
    polls: async (atSeconds: readonly number[], signal = never): Promise<void> => {
      for (const at of atSeconds) {
        await clock.advanceTo(at * second);
        heartbeat.looked(signal);
        await clock.advanceTo(at * second);
      }
    },
    answers: (next: Send) => void (send = next),
    becomes: (next: Partial<GuardState>) =>
      void (state = { ...emptyState, lastSeen: seen(), ...next }),
    configure: (next: Settings | undefined) => void (settings = next),
  };
}

const every = (seconds: number, until: number, from = 0): readonly number[] =>
  Array.from({ length: Math.floor((until - from) / seconds) + 1 }, (_, n) => from + n * seconds);

describe("a beat a minute", () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ["polls at that pace", [0, 60, 120, 180], [0, 60, 120, 180]],
    [
      "a poll that is a little early or late",
      [0, 59.9, 120.1, 179, 240],
      [0, 59.9, 120.1, 179, 240],
    ],
    ["quick polls", every(5, 180), [0, 45, 105, 165]],
    ["a poll in between that something due has brought", [0, 50, 110, 170], [0, 50, 110, 170]],
    ["one soon after another", [0, 60, 61, 62, 120], [0, 60, 120]],
    ["slow polls: one each, and none is made up for", [0, 150, 300], [0, 150, 300]],
    [
      "a machine that slept: one on waking, and on at the same pace",
      [0, 60, 7_200, 7_201, 7_260],
      [0, 60, 7_200, 7_260],
    ],
  ])("%s", async (_sentence, polledAt, expected) => {
    const { polls, sent } = setUp();

    await polls(polledAt);

    expect(sent).toEqual(expected.map((at) => `${at} good`));
  });

  it("begins with the daemon's start, and says nothing at its end", async () => {
    const { heartbeat, polls, sent } = setUp();
    const ending = new AbortController();

    heartbeat.start(ending.signal);
    await heartbeat.idle();
    await polls([0, 60], ending.signal);
    ending.abort();
    await polls([120], ending.signal);

    expect(sent).toEqual(["0 start", "0 good", "60 good"]);
  });

  it("a clock that is set back holds none back", async () => {
    const { clock, polls, sent } = setUp();
    await polls([0, 3_600]);

    clock.set(-3_000 * second);
    clock.follow?.();
    await polls([610]);

    expect(sent).toEqual(["0 good", "3600 good", "610 good"]);
  });
});

describe("what is not seen", () => {
  const unseen = { sinceMs: 60 * second };

  it.each<[string, Partial<GuardState>]>([
    ["the account", { blind: unseen }],
    ["the pods", { podsBlind: unseen, lastSeen: seen({ pods: "unknown" }) }],
  ])(
    "%s: silence first, a failure once it counts as blind, and a good beat when it is over",
    async (_sentence, blind) => {
      const { polls, sent, becomes } = setUp();

      await polls([0, 60]);
      becomes(blind);
      await polls([65, 120, 300, 359, 360, 365, 420]);
      becomes({});
      await polls([425, 480]);

      expect(sent).toEqual(["0 good", "60 good", "360 fail", "420 fail", "425 good", "480 good"]);
    },
  );

  it("the words say what, and for how long", async () => {
    const said: unknown[] = [];
    const { polls, becomes } = setUp({
      send: (beat, to, signal) => {
        said.push(beat);
        return works(beat, to, signal);
      },
    });

    becomes({ blind: { sinceMs: 0 } });
    await polls([300]);

    expect(said).toEqual([{ kind: "fail", because: "blind: no poll has worked for 5 min" }]);
  });
});

describe("a receiver that does not answer as it should", () => {
  it("is tried again with the polls of the next minute", async () => {
    const { polls, sent, answers } = setUp({ send: fails, everyMs: 60 * minute });

    await polls([0, 5, 30, 60]);
    answers(works);
    await polls([65, 120, 180, 240]);

    expect(sent).toEqual(["0 good", "60 good", "120 good"]);
  });

  it("that asks to wait is left alone for so long", async () => {
    const { polls, sent } = setUp({
      send: () =>
        Promise.resolve({ kind: "failed", because: "HTTP 429", isRefused: false, waitMs: 150_000 }),
    });

    await polls(every(60, 300));

    expect(sent).toEqual(["0 good", "180 good"]);
  });

  it("is told of after five minutes, by the channels, and when it works again", async () => {
    const { polls, inputs, answers } = setUp({ send: fails });

    await polls(every(60, 300));
    const told = [...inputs];
    answers(works);
    await polls([360, 420]);

    expect(told).toEqual([
      {
        kind: "trouble",
        what: "the heartbeat",
        atMs: 300 * second,
        because: "it cannot be sent: HTTP 500. Whoever listens for it may take the guard for dead",
      },
    ]);
    expect(inputs.slice(1)).toEqual([
      { kind: "recovered", what: "the heartbeat", atMs: 360 * second },
    ]);
  });

  it("is told of at the second refusal: it will not know the address later either", async () => {
    const { polls, inputs } = setUp({ send: refuses });

    await polls([0, 60]);

    expect(inputs.map((input) => "atMs" in input && input.atMs)).toEqual([60 * second]);
  });

  it("that fails for less is told to nobody", async () => {
    const { polls, inputs, answers } = setUp();
    await polls([0]);
    answers(fails);
    await polls([60, 120, 240]);
    answers(works);

    await polls([300]);

    // As the process before may have told of it.
    expect(inputs).toEqual([{ kind: "recovered", what: "the heartbeat", atMs: 0 }]);
  });

  it("that knows no start is no trouble", async () => {
    const { heartbeat, inputs, warned } = setUp({ send: refuses });

    for (let n = 0; n < 3; n += 1) {
      heartbeat.start(never);
      await heartbeat.idle();
    }

    expect(inputs).toEqual([]);
    expect(warned).toHaveLength(3);
  });

  it("that is silent gets one request at a time, and then the last word that waits for it", async () => {
    const { clock, heartbeat, sent, becomes, polls } = setUp({
      send: () => new Promise(() => undefined),
    });

    heartbeat.start(never);
    await polls([0]);
    becomes({ blind: { sinceMs: -600 * second } });
    await polls([5]);
    await clock.advanceTo(14 * second);
    const before = [...sent];
    await clock.advanceTo(15 * second);

    expect(before).toEqual(["0 start"]);
    expect(sent).toEqual(["0 start", "15 fail"]);
  });

  it("that throws is a failure like any other", async () => {
    const { polls, inputs } = setUp({ send: () => Promise.reject(new Error("odd")) });

    await polls(every(60, 300));

    expect(inputs).toMatchObject([{ because: expect.stringContaining("odd") }]);
  });
});

describe("another config", () => {
  it("with another address takes effect at the next poll", async () => {
    const { polls, sent, configure } = setUp();
    await polls([0]);

    configure({ url: "https://other.example/2", everyMs: 120 * second });
    await polls([5, 60, 125]);

    expect(sent).toEqual([
      "0 good",
      "5 good https://other.example/2",
      "125 good https://other.example/2",
    ]);
  });

  it("with another address ends what is on its way to the old one", async () => {
    const { polls, sent, answers, configure } = setUp({
      send: (_beat, _to, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ kind: "interrupted" }));
        }),
    });
    await polls([0]);

    answers(works);
    configure({ url: "https://other.example/2", everyMs: minute });
    await polls([5]);

    expect(sent).toEqual(["0 good", "5 good https://other.example/2"]);
  });

  it("without a heartbeat ends it, and the trouble with it", async () => {
    const { polls, sent, inputs, configure } = setUp({ send: refuses });
    await polls([0, 60]);

    configure(undefined);
    await polls([120, 180]);

    expect(sent).toHaveLength(2);
    expect(inputs.map(({ kind }) => kind)).toEqual(["trouble", "recovered"]);
  });
});
