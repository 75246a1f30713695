import { expect, it } from "vitest";
import { haveParted, heardAt, passedMs, serverNowMs } from "#page/live/server-time.ts";

const heard = { atMs: 1_000_000, own: { steadyMs: 500, wallMs: 7 } };

it.each([
  ["both clocks went on", { steadyMs: 2_500, wallMs: 2_007 }, 1_002_000],
  ["the phone's clock is years off", { steadyMs: 2_500, wallMs: -9e11 }, 1_002_000],
  ["it slept, so the steady one stood still", { steadyMs: 600, wallMs: 60_007 }, 1_060_000],
  ["no clock ever takes it back", { steadyMs: 0, wallMs: 0 }, 1_000_000],
])("the server's time counts on: %s", (_sentence, own, nowMs) => {
  expect(serverNowMs(heard, own)).toBe(nowMs);
});

it("an answer that was waiting to be sent does not turn the clock back", () => {
  const own = { steadyMs: 10_500, wallMs: 10_007 };

  expect(heardAt(heard, 990_000, own, true)).toBe(heard);
  expect(heardAt(heard, 1_020_000, own, true)).toEqual({ atMs: 1_020_000, own });
  expect(heardAt(undefined, 5, own, true)).toEqual({ atMs: 5, own });
  expect(heardAt(heard, Number.NaN, own, true)).toBe(heard);
  expect(passedMs(heard.own, own)).toBe(10_000);
});

it("an answer that was just made turns a clock back that is far ahead", () => {
  const own = { steadyMs: 10_500, wallMs: 10_800_007 };

  expect(heardAt(heard, 1_010_000, own, false)).toEqual({ atMs: 1_010_000, own });
  expect(heardAt(heard, 11_799_000, own, false)).toBe(heard);
});

it.each([
  ["they go on together", { steadyMs: 1_000, wallMs: 1_000 }, false],
  ["a timer that was late", { steadyMs: 60_000, wallMs: 60_000 }, false],
  ["the machine has slept", { steadyMs: 1_000, wallMs: 60_000 }, true],
  ["the clock on the wall was set back", { steadyMs: 1_000, wallMs: -60_000 }, true],
])("clocks that part are noticed: %s", (_sentence, now, parted) => {
  expect(haveParted({ steadyMs: 0, wallMs: 0 }, now)).toBe(parted);
});
