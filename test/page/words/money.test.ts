import { expect, it } from "vitest";
import { perHour, usd } from "#page/words/money.ts";

it.each([
  [9.194, "$9.19"],
  [0, "$0.00"],
  [-0.1, "−$0.10"],
  [-0.00001, "$0.00"],
  [0.0042, "$0.0042"],
  [1234.5, "$1,234.50"],
])("money reads as money: %s", (value, words) => {
  expect(usd(value)).toBe(words);
});

it("a price is an hour's", () => {
  expect(perHour(6.651)).toBe("$6.65/h");
});
