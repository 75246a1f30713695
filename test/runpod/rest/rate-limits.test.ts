import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exhausted, isHalfUsed, paceMs, rateWindowsIn } from "#runpod/rest/rate-limits.ts";

const policy = '"minute";q=60;w=60, "hour";q=3000;w=3600, "day";q=50000;w=86400';

function windows(ratelimit: string, ratelimitPolicy = policy) {
  return rateWindowsIn({ ratelimit, "ratelimit-policy": ratelimitPolicy });
}

it("reads RunPod's windows", () => {
  expect(windows('"minute";r=0;t=12, "hour";r=2800;t=1812')).toEqual([
    { name: "minute", left: 0, resetsInMs: 12_000, quota: 60, lengthMs: 60_000 },
    { name: "hour", left: 2800, resetsInMs: 1_812_000, quota: 3000, lengthMs: 3_600_000 },
    { name: "day", left: undefined, resetsInMs: undefined, quota: 50000, lengthMs: 86_400_000 },
  ]);
});

describe("what is no list of windows is unknown", () => {
  it.each([
    ["nothing", {}],
    ["nothing in it", { ratelimit: "", "ratelimit-policy": "," }],
    ["words", { ratelimit: "slow down, please" }],
    ["another form", { ratelimit: "limit=100, remaining=50, reset=5" }],
    ["a string that does not end", { ratelimit: '"minute;r=0;t=12' }],
    ["a length that nobody would read", { ratelimit: `"minute";r=0;t=12, ${"x".repeat(2_000)}` }],
  ])("%s", (_sentence, headers) => {
    const found = rateWindowsIn(headers);

    expect(exhausted(found, 0)).toEqual({ waitMs: 0, names: [] });
    expect(isHalfUsed(found, 0)).toBe(false);
    expect(paceMs(found, 3)).toBeUndefined();
  });

  it.each([
    ["less than nothing", '"minute";r=-1;t=12'],
    ["half a request", '"minute";r=0.5;t=12'],
    ["a word", '"minute";r=none;t=12'],
    ["more digits than a number holds", `"minute";r=${"9".repeat(40)};t=12`],
  ])("what is left: %s", (_sentence, header) => {
    expect(windows(header)[0]).toMatchObject({
      name: "minute",
      left: undefined,
      resetsInMs: 12_000,
    });
  });

  it("spaces, tokens in place of strings, and parameters that nobody knows are no hindrance", () => {
    expect(windows('  minute ; r=5 ; t=12; partition="a b" ,"hour";t=3;r=4')).toMatchObject([
      { name: "minute", left: 5, resetsInMs: 12_000 },
      { name: "hour", left: 4, resetsInMs: 3_000 },
      { name: "day" },
    ]);
  });

  it("whatever the headers hold", () => {
    const header = fc.oneof(
      fc.string(),
      fc.stringMatching(/^("?[a-z]*"?(;[rtqw]=\d{0,9}){0,3},?)*$/),
    );
    fc.assert(
      fc.property(header, header, fc.integer(), (limit, rule, ageMs) => {
        const found = windows(limit, rule);

        expect(exhausted(found, ageMs).waitMs).toBeGreaterThanOrEqual(0);
        expect(isHalfUsed(found, ageMs)).toBeTypeOf("boolean");
        expect(paceMs(found, 3) ?? 0).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});

describe("windows that are used up", () => {
  it.each<[string, string, number, number, string[]]>([
    ["none is", '"minute";r=1;t=12, "hour";r=5;t=100', 0, 0, []],
    ["one is", '"minute";r=0;t=12, "hour";r=5;t=100', 0, 12_000, ["minute"]],
    [
      "of several the longest counts",
      '"minute";r=0;t=12, "hour";r=0;t=100',
      0,
      100_000,
      ["minute", "hour"],
    ],
    ["it begins anew in the meantime", '"minute";r=0;t=12', 12_000, 0, []],
    ["a part of that has passed", '"minute";r=0;t=12', 5_000, 7_000, ["minute"]],
    ["without a time, for its whole length", '"minute";r=0', 0, 60_000, ["minute"]],
    ["a clock that went back proves nothing", '"minute";r=0;t=12', -5_000, 0, []],
    ["old news is not believed: asking shows", '"day";r=0;t=80000', 300_000, 0, []],
    ["never longer than a day", '"day";r=0;t=999999999', 0, 86_400_000, ["day"]],
  ])("%s", (_sentence, header, ageMs, waitMs, names) => {
    expect(exhausted(windows(header), ageMs)).toEqual({ waitMs, names });
  });
});

describe("whether more than half of a window is used", () => {
  it.each([
    ["none is", '"minute";r=30;t=12, "hour";r=1500;t=9', 0, false],
    ["one is", '"minute";r=30;t=12, "hour";r=1499;t=9', 0, true],
    ["it was", '"minute";r=29;t=12', 12_000, false],
    ["of one whose size nobody knows, only when nothing is left", '"week";r=1;t=9', 0, false],
    ["and then it is", '"week";r=0;t=9', 0, true],
  ])("%s", (_sentence, header, ageMs, expected) => {
    expect(isHalfUsed(windows(header), ageMs)).toBe(expected);
  });
});

describe("the pace of polls spends half of any window at most", () => {
  it.each<[string, string, number, number | undefined]>([
    ["RunPod's own windows, three requests a poll", policy, 3, 10_368],
    ["the narrowest counts", '"minute";q=60;w=60, "hour";q=60;w=3600', 2, 240_000],
    ["many pages", '"minute";q=60;w=60', 30, 60_000],
    [
      "never slower than once in 5 minutes: then RunPod refuses by itself",
      '"day";q=1;w=86400',
      3,
      300_000,
    ],
    ["a window of nothing says nothing", '"minute";q=0;w=60', 3, undefined],
    ["half a policy says nothing", '"minute";q=60', 3, undefined],
  ])("%s", (_sentence, rule, requests, expected) => {
    expect(paceMs(windows("", rule), requests)).toBe(expected);
  });
});
