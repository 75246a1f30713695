import { expect, it } from "vitest";
import { heardAt, passedMs, serverNowMs } from "#page/live/server-time.ts";

const heard = { atMs: 1_000_000, own: { steadyMs: 500, wallMs: 7 } };

it.each([
  ["both clocks went on", { steadyMs: 2_500, wallMs: 2_007 }, 1_002_000],
  ["the phone's clock is years off", { steadyMs: 2_500, wallMs: -9e11 }, 1_002_000],
  ["it slept, so the steady one stood still", { steadyMs: 600, wallMs: 60_007 }, 1_060_000],
  ["no clock ever takes it back", { steadyMs: 0, wallMs: 0 }, 1_000_000],
])("the server's time counts on: %s", (_sentence, own, nowMs) => {
  expect(serverNowMs(heard, own)).toBe(nowMs);
});

it("an answer that was made a while ago does not turn the clock back", () => {
  const own = { steadyMs: 10_500, wallMs: 10_007 };

  expect(heardAt(heard, 1_001_000, own)).toBe(heard);
  expect(heardAt(heard, 1_020_000, own)).toEqual({ atMs: 1_020_000, own });
  expect(heardAt(undefined, 5, own)).toEqual({ atMs: 5, own });
  expect(heardAt(heard, Number.NaN, own)).toBe(heard);
  expect(passedMs(heard.own, own)).toBe(10_000);
});
