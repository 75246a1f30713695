import { expect, it } from "vitest";
import { createPace } from "#daemon/pace.ts";
import type { Look } from "#guard/model/account.ts";
import { blind, seen } from "../guard/samples.ts";

const seconds = 1_000;
const began = 1_000 * seconds;
const failed = blind(began + 2 * seconds);
const good = seen({ atMs: began + 2 * seconds });

/** Seconds from the beginning of the last poll to the next, and to the first that RunPod allows. */
function after(looks: readonly (Look | undefined)[]) {
  const pace = createPace({ pollIntervalMs: () => 60 * seconds, paces: { firstRetryMs: 5_000 } });
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
  ["a poll that could not be dealt with", [undefined], 60, 0],
  ["the same, between failed ones", [failed, undefined], 5, 0],
])("%s", (_sentence, looks, pollInSeconds, allowedInSeconds) => {
  expect(after(looks)).toEqual([pollInSeconds, allowedInSeconds]);
});

it("follows a reload while it is waited for", () => {
  let intervalMs = 60 * seconds;
  const pace = createPace({ pollIntervalMs: () => intervalMs, paces: { firstRetryMs: 5_000 } });
  const next = pace.after(began, good);
  intervalMs = 10 * seconds;

  expect(next.pollAtMs()).toBe(began + 10 * seconds);
});
