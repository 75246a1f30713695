import { setMaxListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import type { Account } from "#ports.ts";
import { shared } from "#runpod/shared.ts";
import { createFakeClock } from "../fake-clock.ts";

const forever = new AbortController().signal;
// As many wait as ask.
setMaxListeners(0, forever);

/** Each poll says when it began, and takes so long. */
function setUp({ tookMs = 0, apartMs = 1_000 } = {}) {
  const clock = createFakeClock();
  const began: number[] = [];
  const signals: AbortSignal[] = [];
  const inner: Account = {
    async look(signal) {
      const atMs = clock.nowMs();
      began.push(atMs);
      signals.push(signal);
      await clock.sleepUntil(atMs + tookMs, signal);
      return { kind: "seen", atMs, balanceUsd: 5, burnPerHrUsd: 1, pods: [], unreadablePods: 0 };
    },
    measure: () => Promise.resolve({ kind: "measured", atMs: 0, samples: [] }),
    end: () => Promise.resolve({ kind: "accepted" }),
  };
  const account = shared(inner, clock, () => apartMs);
  const looks: Look[] = [];
  const ask = (signal = forever): void => {
    void account.look(signal).then((look) => looks.push(look));
  };
  return { clock, began, signals, looks, ask };
}

it("a poll serves all who ask at the same moment", async () => {
  const { clock, began, looks, ask } = setUp();
  for (let n = 0; n < 20; n += 1) ask();
  await clock.advanceTo(0);

  expect(began).toEqual([0]);
  expect(looks).toHaveLength(20);
});

it("who asks after a poll began gets one that begins later, shared with all who ask until then", async () => {
  const { clock, began, looks, ask } = setUp({ tookMs: 200 });
  ask();
  await clock.advanceTo(100);
  ask();
  await clock.advanceTo(900);
  ask();
  await clock.advanceTo(2_000);

  expect(began).toEqual([0, 1_000]);
  expect(looks.map(({ atMs }) => atMs)).toEqual([0, 1_000, 1_000]);
});

it("a poll that takes long keeps the next one waiting for three seconds at most", async () => {
  const { clock, began, ask } = setUp({ tookMs: 60_000 });
  ask();
  await clock.advanceTo(10);
  ask();
  await clock.advanceTo(5_000);

  expect(began).toEqual([0, 3_010]);
});

describe("who is interrupted", () => {
  it("gets an answer at once, and the others their poll", async () => {
    const { clock, looks, signals, ask } = setUp({ tookMs: 200 });
    const one = new AbortController();
    ask(one.signal);
    ask();
    await clock.advanceTo(100);
    one.abort();
    await clock.advanceTo(100);

    expect(looks).toMatchObject([{ kind: "blind", because: "interrupted" }]);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advanceTo(200);
    expect(looks).toHaveLength(2);
  });

  it("ends the poll where nobody else waits for it; the next one begins anew", async () => {
    const { clock, began, looks, signals, ask } = setUp({ tookMs: 200 });
    const one = new AbortController();
    ask(one.signal);
    await clock.advanceTo(100);
    one.abort();
    await clock.advanceTo(100);
    expect(signals[0]?.aborted).toBe(true);
    const two = new AbortController();
    ask(two.signal);
    await clock.advanceTo(500);
    two.abort();
    ask();
    await clock.advanceTo(3_000);

    expect(began).toEqual([0, 1_000]);
    expect(looks.map(({ kind }) => kind)).toEqual(["blind", "blind", "seen"]);
  });
});

it("a clock that goes back keeps nobody waiting for longer", async () => {
  const { clock, began, ask } = setUp();
  await clock.advanceTo(100_000);
  ask();
  await clock.advanceTo(100_000);
  clock.set(-90_000);
  clock.follow?.();
  ask();
  await clock.advanceTo(11_000);

  expect(began).toEqual([100_000, 11_000]);
});
