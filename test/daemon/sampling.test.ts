import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createSampling } from "#daemon/sampling.ts";
import type { Input } from "#guard/model/state.ts";
import type { BalanceSample } from "#ports.ts";
import { createFakeClock } from "../fake-clock.ts";
import { seen } from "../guard/samples.ts";

const what = "balance samples";

function setUp(add: () => Promise<void> = () => Promise.resolve()) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  const samples: BalanceSample[] = [];
  const keepSample = createSampling(
    {
      add(sample) {
        samples.push(sample);
        return add();
      },
    },
    {
      take(input) {
        inputs.push(input);
        return Promise.resolve();
      },
    },
    clock,
  );
  return { clock, inputs, samples, keepSample };
}

it("what each look saw of the money is kept, and nothing else of it", async () => {
  const { keepSample, samples, inputs } = setUp();

  keepSample(seen({ atMs: 1, balanceUsd: 9 }));
  await nextTurn();
  keepSample(seen({ atMs: 2, balanceUsd: 8, burnPerHrUsd: undefined }));
  await nextTurn();

  expect(samples).toEqual([
    { atMs: 1, balanceUsd: 9, burnPerHrUsd: 1.49 },
    { atMs: 2, balanceUsd: 8, burnPerHrUsd: undefined },
  ]);
  expect(inputs).toEqual([]);
});

it("a disk that takes none is told, each time, and that it works again once", async () => {
  let isFull = true;
  const { keepSample, inputs } = setUp(() =>
    isFull ? Promise.reject(new Error("ENOSPC")) : Promise.resolve(),
  );

  for (const full of [true, true, false, false]) {
    isFull = full;
    keepSample(seen());
    await nextTurn();
  }

  const trouble = { kind: "trouble", what, atMs: 0, because: "ENOSPC" };
  expect(inputs).toEqual([trouble, trouble, { kind: "recovered", what, atMs: 0 }]);
});

it("a disk that hangs holds up nobody, is told after 10 s, and is not asked again meanwhile", async () => {
  let release: () => void = () => undefined;
  const { keepSample, samples, inputs, clock } = setUp(
    () => new Promise((resolve) => (release = resolve)),
  );

  keepSample(seen({ atMs: 1 }));
  keepSample(seen({ atMs: 2 }));
  await clock.advanceTo(10_000);
  const told = [...inputs];
  keepSample(seen({ atMs: 3 }));
  await clock.advanceTo(20_000);
  release();
  await nextTurn();
  keepSample(seen({ atMs: 4 }));
  await nextTurn();

  expect(told).toMatchObject([{ kind: "trouble", because: "not done after 10 s" }]);
  expect(samples.map(({ atMs }) => atMs)).toEqual([1, 4]);
});
