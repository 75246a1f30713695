import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Chore, createTidying } from "#daemon/beside/tidying.ts";
import type { Input } from "#guard/model/state.ts";
import { createFakeClock } from "../../fake-clock.ts";

const dayMs = 24 * 3_600_000;
const minuteMs = 60_000;
const what = "tidying";
const never = new AbortController().signal;

function setUp(...runs: readonly Chore["run"][]) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  const tidying = createTidying({
    chores: runs.map((run, n) => ({ what: n === 0 ? what : `${what} ${n}`, run })),
    clock,
    take(input) {
      inputs.push(input);
      return Promise.resolve();
    },
  });
  return { clock, inputs, tidying };
}

it("is done once a day, however often it could begin, one chore after the other", async () => {
  const done: string[] = [];
  const chore = (name: string) => async () => {
    done.push(`${name} begun`);
    await nextTurn();
    done.push(`${name} done`);
  };
  const { clock, tidying, inputs } = setUp(chore("a"), chore("b"));
  const once = ["a begun", "a done", "b begun", "b done"];

  for (const atMs of [0, 1, dayMs - 1]) {
    await clock.jumpTo(atMs);
    tidying.begin(never);
    await tidying.idle();
  }
  const firstDay = [...done];
  await clock.jumpTo(dayMs);
  tidying.begin(never);
  await tidying.idle();

  expect(firstDay).toEqual(once);
  expect(done).toEqual([...once, ...once]);
  expect(inputs).toEqual([]);
});

it("trouble is told, keeps nothing else from being done, and so is that it works again", async () => {
  let isFull = true;
  let others = 0;
  const { clock, tidying, inputs } = setUp(
    () => (isFull ? Promise.reject(new Error("ENOSPC")) : Promise.resolve()),
    () => Promise.resolve(void (others += 1)),
  );

  for (const [day, full] of [true, true, false, false].entries()) {
    isFull = full;
    await clock.jumpTo(day * dayMs);
    tidying.begin(never);
    await tidying.idle();
  }

  const because = "ENOSPC. It is tried again tomorrow";
  expect(inputs).toEqual([
    { kind: "trouble", what, atMs: 0, because },
    { kind: "trouble", what, atMs: dayMs, because },
    { kind: "recovered", what, atMs: 2 * dayMs },
  ]);
  expect(others).toBe(4);
});

it("what hangs is told to end after 5 min, told of, and not begun anew while it hangs", async () => {
  const signals: AbortSignal[] = [];
  const { clock, tidying, inputs } = setUp((signal) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });

  tidying.begin(never);
  await clock.advanceTo(5 * minuteMs - 1);
  const before = signals.map(({ aborted }) => aborted);
  await clock.advanceTo(5 * minuteMs);
  tidying.begin(never);
  await clock.advanceTo(dayMs);
  tidying.begin(never);
  await clock.advanceTo(dayMs + 5 * minuteMs);
  await tidying.idle();

  expect(before).toEqual([false]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const because = "not done after 300 s. It is tried again tomorrow";
  expect(inputs).toEqual([
    { kind: "trouble", what, atMs: 5 * minuteMs, because },
    { kind: "trouble", what, atMs: dayMs + 5 * minuteMs, because },
  ]);
});

it("ends at once when told to, with no word, and does not go on to the next chore", async () => {
  const ending = new AbortController();
  let others = 0;
  const { tidying, inputs } = setUp(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      }),
    () => Promise.resolve(void (others += 1)),
  );

  tidying.begin(ending.signal);
  await nextTurn();
  ending.abort();
  await tidying.idle();

  expect(inputs).toEqual([]);
  expect(others).toBe(0);
});
