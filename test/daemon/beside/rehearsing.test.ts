import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createRehearsing, type RehearsingDeps } from "#daemon/beside/rehearsing.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { blind, seen } from "../../guard/samples.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const never = new AbortController().signal;
const worked: RehearsalOutcome = { kind: "worked" };
const failed: RehearsalOutcome = { kind: "failed", because: "billing:read is missing" };

function setUp(
  rehearse: (n: number, signal: AbortSignal) => Promise<RehearsalOutcome | undefined>,
  changes: Partial<RehearsingDeps> = {},
) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  const lines: string[] = [];
  const note = (_fields: unknown, message: string): void => void lines.push(message);
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  let asked = 0;
  const rehearsing = createRehearsing({
    isWanted: () => true,
    rehearse: (signal) => rehearse((asked += 1), signal),
    lastAtMs: undefined,
    clock,
    log,
    take(input) {
      inputs.push(input);
      return Promise.resolve();
    },
    ...changes,
  });
  /** A poll at this time. */
  async function polled(atMs: number, look = seen() as Parameters<typeof rehearsing.begin>[0]) {
    await clock.jumpTo(atMs);
    rehearsing.begin(look, never);
    await rehearsing.idle();
  }
  return { clock, inputs, lines, rehearsing, polled, asked: () => asked };
}

it("is done after the first poll and then once an hour, and each is given to the guard and logged", async () => {
  const { polled, inputs, lines } = setUp((n) => Promise.resolve(n === 1 ? worked : failed));

  for (const atMs of [0, minuteMs, hourMs - 1, hourMs, hourMs + 1]) await polled(atMs);

  expect(inputs).toEqual([
    { kind: "rehearsed", atMs: 0, outcome: worked },
    { kind: "rehearsed", atMs: hourMs, outcome: failed },
  ]);
  expect(lines).toEqual(["rehearsal of REST v2 worked", "rehearsal of REST v2 failed"]);
});

it("waits for a poll that sees", async () => {
  const { polled, asked } = setUp(() => Promise.resolve(worked));

  await polled(0, blind());

  expect(asked()).toBe(0);
});

it("is not done where only one interface is asked, or REST decides; also not when that began meanwhile", async () => {
  const never1 = setUp(() => Promise.resolve(worked), { isWanted: () => false });
  let isWanted = true;
  const meanwhile = setUp(
    () => {
      isWanted = false;
      return Promise.resolve(failed);
    },
    { isWanted: () => isWanted },
  );

  await never1.polled(0);
  await meanwhile.polled(0);

  expect(never1.asked()).toBe(0);
  expect(meanwhile.inputs).toEqual([]);
});

it("with nothing to compare is done again after ten minutes", async () => {
  const { polled, inputs, asked } = setUp((n) => Promise.resolve(n === 1 ? undefined : worked));

  for (const atMs of [0, 9 * minuteMs, 10 * minuteMs]) await polled(atMs);

  expect(asked()).toBe(2);
  expect(inputs).toHaveLength(1);
});

it("that hangs is given up, told to end, and counts as failed; the next poll does not wait for it", async () => {
  let over: AbortSignal | undefined;
  const { clock, rehearsing, inputs, asked } = setUp((_n, signal) => {
    over = signal;
    return new Promise(() => undefined);
  });

  rehearsing.begin(seen(), never);
  rehearsing.begin(seen(), never);
  await clock.advanceTo(5 * minuteMs);
  await rehearsing.idle();

  expect(asked()).toBe(1);
  expect(over?.aborted).toBe(true);
  expect(inputs).toEqual([
    {
      kind: "rehearsed",
      atMs: 5 * minuteMs,
      outcome: { kind: "failed", because: "not done after 300 s" },
    },
  ]);
});

it("that is interrupted is told to end, and says nothing", async () => {
  const ending = new AbortController();
  const { rehearsing, inputs } = setUp(
    (_n, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(failed))),
  );

  rehearsing.begin(seen(), ending.signal);
  await nextTurn();
  ending.abort();
  await rehearsing.idle();

  expect(inputs).toEqual([]);
});

it("that is interrupted before it has asked anything asks nothing", async () => {
  const ending = new AbortController();
  const { rehearsing, asked } = setUp(() => Promise.resolve(worked));

  rehearsing.begin(seen(), ending.signal);
  ending.abort();
  await rehearsing.idle();

  expect(asked()).toBe(0);
});

it("of a process for one poll only is not done again within the hour", async () => {
  const { polled, asked } = setUp(() => Promise.resolve(worked), { lastAtMs: minuteMs });

  await polled(30 * minuteMs);
  await polled(61 * minuteMs);

  expect(asked()).toBe(1);
});

it("is done although the clock has gone far back", async () => {
  const { polled, asked } = setUp(() => Promise.resolve(worked), { lastAtMs: 1_000 * hourMs });

  await polled(0);

  expect(asked()).toBe(1);
});

it("is a bug that is logged where the guard cannot take it", async () => {
  const { polled, lines } = setUp(() => Promise.resolve(worked), {
    take: () => Promise.reject(new Error("no")),
  });

  await polled(0);

  expect(lines).toEqual(["rehearsal of REST v2 worked", "this is a bug"]);
});
