import { expect, it } from "vitest";
import { type BriefingDeps, createBriefing } from "#daemon/beside/briefing.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";

const minuteMs = 60_000;
const day = "2026-11-27";

function setUp(given: Partial<BriefingDeps> = {}) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  let state = emptyState;
  const log = { error: () => undefined } as unknown as Log;
  const engine = {
    state: () => state,
    take(input: Input) {
      inputs.push(input);
      if (input.kind === "brief") state = { ...state, briefedDay: input.day };
      return Promise.resolve();
    },
  };
  const briefing = createBriefing({
    dueDay: (_nowMs, briefedDay) => (briefedDay === day ? undefined : day),
    build: () => Promise.resolve("Spent yesterday: $4.20"),
    patienceMs: 5 * minuteMs,
    engine,
    clock,
    log,
    ...given,
  });
  const becomes = (next: Partial<GuardState>): void => void (state = { ...state, ...next });
  return { clock, inputs, briefing, becomes };
}

const signal = new AbortController().signal;

it("is given once, whenever it is due", async () => {
  const { briefing, inputs } = setUp();

  for (let n = 0; n < 3; n += 1) {
    briefing.begin(signal);
    briefing.begin(signal);
    await briefing.idle();
  }

  expect(inputs).toEqual([{ kind: "brief", atMs: 0, day, because: "Spent yesterday: $4.20" }]);
});

it("is not made while none is due", async () => {
  const { briefing, inputs } = setUp({ dueDay: () => undefined });

  briefing.begin(signal);
  await briefing.idle();

  expect(inputs).toEqual([]);
});

it.each<[string, number | undefined, number]>([
  ["as soon as it is seen again", 2, 2],
  ["after five minutes without", undefined, 5],
])(
  "while the account is not seen it is put off, and given %s",
  async (_sentence, seenAtMinutes, expected) => {
    const { clock, briefing, inputs, becomes } = setUp();
    becomes({ blind: { sinceMs: -540 * minuteMs } });

    for (let minute = 0; minute <= 8; minute += 1) {
      await clock.advanceTo(minute * minuteMs);
      if (minute === seenAtMinutes) becomes({ blind: undefined });
      briefing.begin(signal);
      await briefing.idle();
    }

    expect(inputs).toMatchObject([{ atMs: expected * minuteMs }]);
  },
);

it("that cannot be made is told of in its place", async () => {
  const { briefing, inputs } = setUp({ build: () => Promise.reject(new Error("odd")) });

  briefing.begin(signal);
  await briefing.idle();

  expect(inputs).toMatchObject([{ because: "It could not be made: odd. Run runpodboss brief" }]);
});

it("is given up after two minutes, told to end, and told of", async () => {
  let isToldToEnd = false;
  const { clock, briefing, inputs } = setUp({
    build: (_nowMs, late) =>
      new Promise(() => late.addEventListener("abort", () => (isToldToEnd = true))),
  });

  briefing.begin(signal);
  await clock.advanceTo(2 * minuteMs);
  await briefing.idle();

  expect(isToldToEnd).toBe(true);
  expect(inputs).toMatchObject([{ because: expect.stringContaining("not done after 120 s") }]);
});

it("ends with the daemon, and is given at its next start", async () => {
  const ending = new AbortController();
  const { clock, briefing, inputs } = setUp({ build: () => new Promise(() => undefined) });

  briefing.begin(ending.signal);
  ending.abort();
  await clock.advanceTo(minuteMs);
  await briefing.idle();

  expect(inputs).toEqual([]);
});
