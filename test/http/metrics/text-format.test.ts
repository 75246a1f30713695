import { expect, it } from "vitest";
import { type Family, pageOf, withLabels } from "#http/metrics/text-format.ts";

const gauge = (...samples: Family["samples"]): Family => ({
  name: "runpodboss_x",
  type: "gauge",
  help: "Of x.",
  samples,
});

it.each([
  ["a name with quotes", 'say "hi"', String.raw`say \"hi\"`],
  ["a name with a backslash at its end", "dir\\", String.raw`dir\\`],
  ["a name that would begin a line", "a\nrunpodboss_y 1", String.raw`a\nrunpodboss_y 1`],
  ["a name at whose NUL a reader would stop", "a\0b", "a\ufffdb"],
  ["a name in any language", "вычисление 計算", "вычисление 計算"],
])("%s stays one value", (_sentence, name, written) => {
  const page = pageOf([gauge({ labels: { pod: name }, value: 1 })]);

  expect(page).toBe(
    `# HELP runpodboss_x Of x.\n# TYPE runpodboss_x gauge\nrunpodboss_x{pod="${written}"} 1\n`,
  );
});

it.each([
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
  [0, "0"],
  [-0.25, "-0.25"],
  [1e21, "1e+21"],
])("%d is written %s", (value, written) => {
  expect(pageOf([gauge({ value })])).toContain(`runpodboss_x ${written}\n`);
});

it("a metric of which nothing is known is not there at all", () => {
  expect(pageOf([gauge()])).toBe("");
});

it("two series that are alike once their secrets are out are one: Prometheus would take neither", () => {
  const family = gauge({ labels: { pod: "a" }, value: 1 }, { labels: { pod: "b" }, value: 2 });

  expect(withLabels(family, () => "[redacted]").samples).toEqual([
    { labels: { pod: "[redacted]" }, value: 1 },
  ]);
});

it("a histogram has what took longer than any of its bounds, too", () => {
  const buckets = [
    { most: 0.5, count: 1 },
    { most: 1, count: 2 },
  ];

  const page = pageOf([
    { name: "x_seconds", type: "histogram", help: "x.", buckets, count: 3, sum: 9.5 },
  ]);

  expect(page.split("\n").slice(2)).toEqual([
    'x_seconds_bucket{le="0.5"} 1',
    'x_seconds_bucket{le="1"} 2',
    'x_seconds_bucket{le="+Inf"} 3',
    "x_seconds_sum 9.5",
    "x_seconds_count 3",
    "",
  ]);
});
