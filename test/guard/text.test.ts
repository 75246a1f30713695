import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed, messageWords, plain, podWords, rounded, usd, usdBeside } from "#guard/text.ts";

describe("fixed decimals, as Python writes them", () => {
  it.each([
    [1.74, 2, "1.74"],
    [9.8234, 4, "9.8234"],
    [2.675, 2, "2.67"],
    [0.125, 2, "0.12"],
    [0.375, 2, "0.38"],
    [2.5, 0, "2"],
    [3.5, 0, "4"],
    [0.5, 0, "0"],
    [-0.125, 2, "-0.12"],
    [-1.5, 0, "-2"],
    [0.1, 20, "0.10000000000000000555"],
    [4, 0, "4"],
    [4, 102, `4.${"0".repeat(102)}`],
    [1e21, 2, "1e+21"],
  ])("%d with %d digits is %s", (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  it("are the nearest, and of two that are as near the even one", () => {
    const parts = fc.integer({ min: 1, max: 2 ** 40 });
    const sizes = fc.oneof(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.tuple(parts, fc.constantFrom(1, 2, 8, 64, 2 ** 20)).map(([n, of]) => n / of),
    );
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 8 }), (size, digits) => {
        const exact = BigInt(fixed(size, 100).replace(".", ""));
        const unit = 10n ** BigInt(100 - digits);
        const [below, rest] = [exact / unit, exact % unit];
        const isUp = rest * 2n > unit || (rest * 2n === unit && below % 2n === 1n);

        const found = fixed(size, digits);

        expect(BigInt(found.replace(".", ""))).toBe(isUp ? below + 1n : below);
      }),
    );
  });
});

it.each([
  [4, "4.0"],
  [1.74, "1.74"],
  [-3, "-3.0"],
  [0, "0.0"],
])("%d is printed as the float %s", (value, text) => {
  expect(plain(value)).toBe(text);
});

it.each([
  [4.2345, "$4.23"],
  [10, "$10.00"],
  [0, "$0.00"],
  [-0.1, "-$0.10"],
  [0.0042, "$0.0042"],
  [0.00004, "$0.00"],
])("%d dollars are %s", (value, text) => {
  expect(usd(value)).toBe(text);
});

it.each([
  [9.9987, 10, "$9.99"],
  [9.98, 10, "$9.98"],
  [10, 10, "$10.00"],
  [10.004, 10, "$10.00"],
  [1.999_999_9, 2, "$1.99"],
  [0.4987, 0.5, "$0.4987"],
  [0.499_999_9, 0.5, "$0.4999"],
  [0.49, 0.5, "$0.49"],
  [-0.001, 0.5, "-$0.0010"],
])("a balance of %d beside %d is %s", (balanceUsd, belowUsd, text) => {
  expect(usdBeside(balanceUsd, belowUsd)).toBe(text);
});

it.each([
  [{ id: "p1", name: "trainer" }, "trainer (p1)"],
  [{ id: "p1", name: "p1" }, "p1"],
  [{ id: "p1", name: "" }, "p1"],
])("%j is %s", (pod, text) => {
  expect(podWords(pod)).toBe(text);
});

describe("a pod in words", () => {
  it.each([
    ["trainer", "p1", "trainer (p1)"],
    ["eval sweep, v2", "p1", '"eval sweep, v2" (p1)'],
    ["träiner-1.5/b", "p1", "träiner-1.5/b (p1)"],
    ["x (p9) was stopped", "p1", '"x (p9) was stopped" (p1)'],
    ["@/etc/passwd", "p1", String.raw`"\u0040/etc/passwd" (p1)`],
    ["`id`", "p1", String.raw`"\u0060id\u0060" (p1)`],
    ["--all", "p1", '"--all" (p1)'],
    [" trainer", "p1", '" trainer" (p1)'],
    ["", "p1", "p1"],
    ["p1", "p1", "p1"],
    ["trainer", "--all", 'trainer ("--all")'],
    ["", "-h", '"-h"'],
  ])("%j with the id %j is %s", (name, id, words) => {
    expect(podWords({ id, name })).toBe(words);
  });
});

it.each([
  [1.4900000000000002, 1.49],
  [9.194030916666666, 9.194],
  [-0.00001, 0],
])("%d is %d for a log", (value, shown) => {
  expect(rounded(value)).toBeCloseTo(shown, 10);
});

it("a message of several lines is one line where it has to be", () => {
  expect(messageWords({ event: "brief", name: "brief", because: "Spent $4\nhours left 3" })).toBe(
    "brief: Spent $4. hours left 3",
  );
});
