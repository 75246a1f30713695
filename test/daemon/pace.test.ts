import { expect, it } from "vitest";
import { createPace } from "#daemon/pace.ts";
import { type Ahead, nothingAhead } from "#guard/ahead/ahead.ts";
import type { Look } from "#guard/model/account.ts";
import { blind, seen } from "../guard/samples.ts";

const seconds = 1_000;
const began = 1_000 * seconds;
const failed = blind(began + 2 * seconds);
const good = seen({ atMs: began + 2 * seconds });

/** Seconds from the beginning of the last poll to the next, and to the first that RunPod allows. */
function after(looks: readonly (Look | undefined)[]) {
  const pace = createPace({
    pollIntervalMs: () => 60 * seconds,
    paces: { firstRetryMs: 5_000, leastPollMs: 5_000 },
  });
  const [last] = looks.map((look) => pace.after(began, look)).slice(-1);
  return [last?.pollAtMs(), last?.notBeforeMs()].map((atMs = NaN) => (atMs - began) / seconds);
}

it.each([
  ["seen: after the interval", [good], 60, 0],
  ["failed: soon, measured from its beginning", [failed], 5, 2],
  ["failed again: twice as late", [failed, failed], 10, 2],
  ["failed often: at most after the interval", Array<Look>(9).fill(failed), 60, 2],
  ["seen again: after the interval", [failed, failed, good], 60, 0],
  ["seen, then failed: soon again", [failed, failed, good, failed], 5, 2],
  ["failed, and told to wait", [{ ...failed, retryAfterMs: 20 * seconds }], 22, 22],
  ["told to wait for longer than the interval", [{ ...failed, retryAfterMs: 90_000 }], 60, 60],
  ["rate windows: less often than wished", [{ ...good, paceMs: 90 * seconds }], 90, 15],
  ["rate windows that are wide enough", [{ ...good, paceMs: 10 * seconds }], 60, 10],
  ["failed, with tight rate windows", [{ ...good, paceMs: 30 * seconds }, failed], 30, 2],
  ["failed, with wide ones", [{ ...good, paceMs: 8 * seconds }, failed, failed], 10, 2],
  ["failed, with very tight ones", [{ ...good, paceMs: 90 * seconds }, failed], 90, 2],
  ["a poll that could not be dealt with", [undefined], 60, 0],
  ["the same, between failed ones", [failed, undefined], 5, 0],
])("%s", (_sentence, looks, pollInSeconds, allowedInSeconds) => {
  expect(after(looks)).toEqual([pollInSeconds, allowedInSeconds]);
});

it("follows a reload while it is waited for", () => {
  let intervalMs = 60 * seconds;
  const pace = createPace({
    pollIntervalMs: () => intervalMs,
    paces: { firstRetryMs: 5_000, leastPollMs: 5_000 },
  });
  const next = pace.after(began, good);
  intervalMs = 10 * seconds;

  expect(next.pollAtMs()).toBe(began + 10 * seconds);
});

const paces = { firstRetryMs: 5_000, leastPollMs: 5_000 };

/** Seconds from the beginning of the last poll to the one for what comes. */
function aheadAfter(
  looks: readonly (Look | undefined)[],
  inSeconds: Partial<Record<keyof Ahead, number>>,
  everySeconds = 60,
): number {
  const pace = createPace({ pollIntervalMs: () => 60_000, isAdaptive: () => true, paces });
  const first = began - (looks.length - 1) * everySeconds * seconds;
  const [next] = looks
    .map((look, n) => pace.after(first + n * everySeconds * seconds, look))
    .slice(-1);
  const given = Object.entries(inSeconds).map(([key, each]) => [key, began + each * seconds]);
  const ahead: Ahead = { ...nothingAhead, ...Object.fromEntries(given) };
  return ((next?.aheadAtMs(ahead) ?? NaN) - began) / seconds;
}

const refused = { ...failed, refusal: "rate", retryAfterMs: 1_000 } as const;
const toldToWait = { ...failed, retryAfterMs: 30_000 };
const many = Array<Look>(20).fill(good);

it.each<
  [string, readonly (Look | undefined)[], Partial<Record<keyof Ahead, number>>, number, number?]
>([
  ["nothing comes: no poll for it", [good], {}, Infinity],
  ["a line of money: at its moment", [good], { moneyAtMs: 20 }, 20],
  ["but two polls are 5 s apart", [good], { moneyAtMs: 1 }, 5],
  ["what a guard of the pods has to do: at its moment", [good], { momentAtMs: 20 }, 20],
  ["but not right after a poll", [good], { momentAtMs: 1 }, 15],
  ["what is to be learned: as well", [good], { learnAtMs: 30 }, 30],
  ["the first of them", [good], { moneyAtMs: 50, momentAtMs: 40, learnAtMs: 30 }, 30],
  ["money when there were many polls: at its moment", many, { moneyAtMs: 20 }, 20, 5],
  ["what can be left out waits until there is room", many, { momentAtMs: 20 }, 235, 5],
  [
    "no closer together than half of RunPod's rate windows",
    [{ ...good, paceMs: 8_000 }],
    { moneyAtMs: 1 },
    8,
  ],
  ["after a poll that failed: at its moment", [failed], { moneyAtMs: 20 }, 20],
  ["never before RunPod allows it", [toldToWait], { moneyAtMs: 20 }, 32],
  ["RunPod has refused one as too many: half as often", [refused, good], { moneyAtMs: 1 }, 10],
  ["and again: half of that", [refused, refused, good], { moneyAtMs: 1 }, 20],
  ["for ten minutes", [refused, ...Array<Look>(11).fill(good)], { moneyAtMs: 1 }, 5],
  ["a poll that could not be dealt with changes nothing", [undefined], { moneyAtMs: 20 }, 20],
])("for what comes: %s", (_sentence, looks, inSeconds, expected, everySeconds) => {
  expect(aheadAfter(looks, inSeconds, everySeconds)).toBe(expected);
});

it.each([
  ["a fixed pace", { isAdaptive: () => false }],
  ["one of which nothing is said", {}],
])("%s polls for nothing that comes", (_sentence, given) => {
  const pace = createPace({ pollIntervalMs: () => 60_000, paces, ...given });

  expect(pace.after(began, good).aheadAtMs({ ...nothingAhead, moneyAtMs: began })).toBe(Infinity);
});

it("a line that is crossed within a millisecond is polled for when that is over: clocks tell no part of one", () => {
  const pace = createPace({
    pollIntervalMs: () => 60_000,
    isAdaptive: () => true,
    paces: { firstRetryMs: 5_000, leastPollMs: 5_000 },
  });

  const next = pace.after(began, good).aheadAtMs({ ...nothingAhead, moneyAtMs: began + 7_000.25 });

  expect(next).toBe(began + 7_001);
});
