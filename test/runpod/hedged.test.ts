import { describe, expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { hedged } from "#runpod/hedged.ts";
import { createFakeClock } from "../fake-clock.ts";

const seen: Look = {
  kind: "seen",
  atMs: 0,
  balanceUsd: 5,
  burnPerHrUsd: 1,
  pods: [],
  unreadablePods: 0,
};
const blind: Look = { kind: "blind", atMs: 0, cause: "unreachable", because: "no answer" };
const { askAgainMs } = realPaces.request;
const never = new AbortController().signal;

type Answer = readonly [afterSeconds: number, look: Look];

/** Answers each request in turn, so many seconds after it came. */
function accountWith(clock: Clock, answers: readonly Answer[]) {
  const requests: AbortSignal[] = [];
  const account: Account = {
    async look(signal) {
      const [afterSeconds, look] = answers[requests.length] ?? [Infinity, blind];
      requests.push(signal);
      await clock.sleepUntil(clock.nowMs() + afterSeconds * 1000, never);
      return look;
    },
    async measure(signal) {
      const [afterSeconds] = answers[requests.length] ?? [Infinity];
      requests.push(signal);
      await clock.sleepUntil(clock.nowMs() + afterSeconds * 1000, never);
      return { kind: "measured", atMs: 0, samples: [] };
    },
    async end(_podId, _action, signal) {
      const [afterSeconds] = answers[requests.length] ?? [Infinity];
      requests.push(signal);
      await clock.sleepUntil(clock.nowMs() + afterSeconds * 1000, never);
      return { kind: "accepted" };
    },
  };
  return { account, requests };
}

it.each<[string, Answer[], Look, number, number]>([
  ["the first answer decides", [[1, seen]], seen, 1, 1],
  ["a first answer that is none decides as well", [[1, blind]], blind, 1, 1],
  [
    "a second request sees sooner than the first",
    [
      [30, blind],
      [1, seen],
    ],
    seen,
    11,
    2,
  ],
  [
    "a third request does",
    [
      [30, blind],
      [30, blind],
      [1, seen],
    ],
    seen,
    21,
    3,
  ],
  [
    "the first sees after all",
    [
      [15, seen],
      [1, blind],
    ],
    seen,
    15,
    2,
  ],
  [
    "nothing sees",
    [
      [30, blind],
      [30, blind],
      [30, blind],
    ],
    blind,
    30,
    3,
  ],
])("a look: %s", async (_sentence, answers, expected, afterSeconds, count) => {
  const clock = createFakeClock();
  const { account, requests } = accountWith(clock, answers);
  let answered: Look | undefined;

  void hedged(account, clock, askAgainMs)
    .look(never)
    .then((look) => (answered = look));
  await clock.advanceTo(afterSeconds * 1000 - 1);
  const before = answered;
  await clock.advanceTo(afterSeconds * 1000);

  expect(before).toBeUndefined();
  expect(answered).toBe(expected);
  expect(requests).toHaveLength(count);
  expect(requests.map(({ aborted }) => aborted)).toEqual(requests.map(() => true));
});

it.each([
  ["with room in RunPod's rate windows is sent again", true, 3],
  ["without is not", false, 1],
])("a slow look %s", async (_sentence, hasRoom, count) => {
  const clock = createFakeClock();
  const { account, requests } = accountWith(clock, [
    [29, seen],
    [9, blind],
    [9, blind],
  ]);

  const looked = hedged(account, clock, askAgainMs, () => hasRoom).look(never);
  await clock.advanceTo(29_000);

  expect(await looked).toBe(seen);
  expect(requests).toHaveLength(count);
});

describe("once RunPod asked for fewer requests", () => {
  const throttled: Look = { ...blind, cause: "bad-answer", retryAfterMs: 30_000 };

  it("nothing is asked beside a look, until one sees", async () => {
    const clock = createFakeClock();
    const { account, requests } = accountWith(clock, [
      [1, throttled],
      [25, blind],
      [25, seen],
      [25, seen],
    ]);
    const beside = hedged(account, clock, askAgainMs);
    const counts: number[] = [];

    for (const atSeconds of [100, 200, 300, 400]) {
      void beside.look(never);
      await clock.advanceTo(atSeconds * 1000);
      counts.push(requests.length);
    }

    // The last look is asked for again after 10 s and after 20 s.
    expect(counts).toEqual([1, 2, 3, 6]);
  });

  it("by a request beside the first, there is no third", async () => {
    const clock = createFakeClock();
    const { account, requests } = accountWith(clock, [
      [29, seen],
      [1, throttled],
    ]);

    const looked = hedged(account, clock, askAgainMs).look(never);
    await clock.advanceTo(29_000);

    expect(await looked).toBe(seen);
    expect(requests).toHaveLength(2);
  });
});

it.each([
  ["is answered in time", 9, { kind: "accepted" }],
  [
    "is not answered: only looking would prove it anyway",
    11,
    { kind: "failed", because: "no answer within 10 s", isReadOnlyKey: false },
  ],
])("an end %s", async (_sentence, afterSeconds, expected) => {
  const clock = createFakeClock();
  const { account, requests } = accountWith(clock, [[afterSeconds, blind]]);

  const end = hedged(account, clock, askAgainMs).end({ id: "p1" }, "stop", never);
  await clock.advanceTo(10_000);

  expect(await end).toEqual(expected);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.aborted).toBe(true);
});

it("a measurement is asked for once, however slow: it has its own time limit", async () => {
  const clock = createFakeClock();
  const { account, requests } = accountWith(clock, [[29, blind]]);

  const measured = hedged(account, clock, askAgainMs).measure(never);
  await clock.advanceTo(29_000);

  expect(await measured).toEqual({ kind: "measured", atMs: 0, samples: [] });
  expect(requests).toEqual([never]);
});

it("what is interrupted asks for nothing any more", async () => {
  const clock = createFakeClock();
  const { account, requests } = accountWith(clock, []);
  const interrupting = new AbortController();

  void hedged(account, clock, askAgainMs).look(interrupting.signal);
  interrupting.abort();
  await clock.advanceTo(60_000);

  expect(requests).toHaveLength(1);
  expect(requests[0]?.aborted).toBe(true);
});
