import { expect, it } from "vitest";
import { createAuditing } from "#daemon/beside/auditing.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import { createFakeClock } from "../../fake-clock.ts";

const hourMs = 3_600_000;
const never = new AbortController().signal;
const burning: GuardState = { ...emptyState, saidAtMs: { "burn:since": 0 } };

function setUp(audit: (signal: AbortSignal) => Promise<string | undefined>, state = burning) {
  const clock = createFakeClock();
  const inputs: Input[] = [];
  const warned: unknown[] = [];
  const log = { warn: (facts: unknown) => void warned.push(facts) } as unknown as Log;
  const engine = {
    state: () => state,
    take(input: Input) {
      inputs.push(input);
      return Promise.resolve();
    },
  };
  return { clock, inputs, warned, auditing: createAuditing({ audit, engine, clock, log }) };
}

it("is done at most once an hour, however often it could begin, and hands on what it found", async () => {
  const { clock, inputs, auditing } = setUp(() => Promise.resolve("an endpoint"));

  for (const atMs of [0, 1, hourMs - 1, hourMs]) {
    await clock.jumpTo(atMs);
    auditing.begin(never);
    await auditing.idle();
  }

  expect(inputs).toEqual([
    { kind: "audited", atMs: 0, words: "an endpoint" },
    { kind: "audited", atMs: hourMs, words: "an endpoint" },
  ]);
});

it("does not begin while the pods explain what burns, nor once the daemon ends", async () => {
  let begun = 0;
  const audit = () => {
    begun += 1;
    return Promise.resolve(undefined);
  };
  const explained = setUp(audit, emptyState);
  const ending = setUp(audit);

  explained.auditing.begin(never);
  ending.auditing.begin(AbortSignal.abort());
  await Promise.all([explained.auditing.idle(), ending.auditing.idle()]);

  expect(begun).toBe(0);
});

it("that fails is logged, and no more", async () => {
  const { inputs, warned, auditing } = setUp(() => Promise.reject(new Error("no")));

  auditing.begin(never);
  await auditing.idle();

  expect(inputs).toEqual([]);
  expect(warned).toEqual([{ because: "no" }]);
});

it("that hangs is given up after two minutes and told to end, and nobody waits for it", async () => {
  let told: AbortSignal | undefined;
  const { clock, inputs, warned, auditing } = setUp((signal) => {
    told = signal;
    return new Promise(() => undefined);
  });

  auditing.begin(never);
  auditing.begin(never);
  await clock.jumpTo(120_000);
  await auditing.idle();

  expect(told?.aborted).toBe(true);
  expect(inputs).toEqual([]);
  expect(warned).toEqual([{ because: "not done after 120 s" }]);
});

it("is dropped without a word when the daemon ends", async () => {
  const ending = new AbortController();
  const { clock, inputs, warned, auditing } = setUp(() => new Promise(() => undefined));

  auditing.begin(ending.signal);
  ending.abort();
  await clock.jumpTo(1_000);
  await auditing.idle();

  expect([inputs, warned]).toEqual([[], []]);
});
