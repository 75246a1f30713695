import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMetricsReader } from "#probes/metrics-reader.ts";

/** The page comes in pieces of so many bytes. */
function metricValue(text: string, name: string, pieceBytes = Infinity): number | undefined {
  const reader = createMetricsReader([name]);
  const page = Buffer.from(text);
  for (let at = 0; at < page.length; at += pieceBytes) {
    reader.take(page.subarray(at, Math.min(page.length, at + pieceBytes)));
  }
  reader.end();
  return reader.value(name);
}

const histogram = `# HELP latency_seconds How long.
# TYPE latency_seconds histogram
latency_seconds_bucket{model="a",le="1"} 3
latency_seconds_bucket{model="a",le="+Inf"} 5
latency_seconds_sum{model="a"} 2.5
latency_seconds_count{model="a"} 5
latency_seconds_bucket{model="b",le="+Inf"} 7
latency_seconds_sum{model="b"} 2.5
latency_seconds_count{model="b"} 7
`;

const summary = `# TYPE wait summary
wait{quantile="0.5"} NaN
wait{quantile="0.9"} 17
wait_sum 20
wait_count 4
`;

describe("the value of a metric", () => {
  it.each<[string, string, string, number | undefined]>([
    ["a gauge", "# HELP a What.\n# TYPE a gauge\na 3\n", "a", 3],
    ["no type at all", "a 3\n", "a", 3],
    ["a colon in its name", "sglang:num_running_reqs 2.0\n", "sglang:num_running_reqs", 2],
    ["all label sets are added", 'a{x="1"} 1\na{x="2"} 2.5\n', "a", 3.5],
    ["label sets that stand apart too", 'a{x="1"} 1\nb 9\na{x="2"} 2\n', "a", 3],
    ["zero", "a 0\n", "a", 0],
    ["less than zero", "a -1.5e3\n", "a", -1500],
    ["no line end at the page's end", "b 1\na 2", "a", 2],
    ["line ends of another system", "b 1\r\na 2\r\n", "a", 2],
    ["tabs and spaces", " a \t 2 \n", "a", 2],
    ["a time after it", "a 2 1395066363000\n", "a", 2],
    ["a brace in a label", 'a{x="}",y="{"} 2\n', "a", 2],
    ["escapes in a label", 'a{x="q\\"u\\n\\\\",} 2\n', "a", 2],
    ["a label called __proto__", 'a{__proto__="x",constructor="y"} 2\n', "a", 2],
    [
      "an exemplar",
      '# TYPE a counter\na_total{x="1"} 17 15.2 # {id="K"} 0.67\n# EOF\n',
      "a_total",
      17,
    ],
    ["a help without words", "# HELP a \n# TYPE a gauge\na 1\n", "a", 1],
    ["a type with too many words", "# TYPE b  gauge of mine\na 1\n", "a", 1],
    ["rubbish in other lines", "<html>\nb{x=1} 2\n{{{\na 1\n", "a", 1],
    ["a name like an object's own", "constructor 1\n__proto__ 2\n", "__proto__", 2],

    ["NaN in one label set is nothing observed", 'a{x="1"} 1\na{x="2"} NaN\n', "a", 1],
    ["an exemplar and a time", 'a{x="1"} 17 15.2 # {id="K"} 0.67 15.1\n', "a", 17],
    ["an exemplar without a time", 'a 17 # {id="a 1"} 0.67\n', "a", 17],
    ["a time in seconds", "a 2 1395066363.123\n", "a", 2],
    ["a name in quotes", '{"my.metric"} 3\n', "my.metric", 3],
    ["a name in quotes among labels", '{"my.metric", x="1", "l.x"="a"} 3 17\n', "my.metric", 3],
    ["a name in quotes after its label", '{x="1","my.metric"} 3\n', "my.metric", 3],
    ["a label in quotes", 'a{"l.x"="1",y="2"} 3\n', "a", 3],
    ["a name with a quote in it", '{"a\\"b"} 3\n', 'a"b', 3],
    ["the type of a name in quotes", '# TYPE "m.x" summary\n{"m.x_count"} 3\n', "m.x", 3],
    ["a counter of OpenMetrics by its own name", "# TYPE a counter\na_total 3\n", "a", 3],
    ["a long line that is about something else", `b{x="${"y".repeat(70_000)}"} 1\na 2\n`, "a", 2],

    ["a histogram has counted", histogram, "latency_seconds", 12],
    ["a histogram's count by its own name", histogram, "latency_seconds_count", 12],
    ["a histogram's sum by its own name", histogram, "latency_seconds_sum", 5],
    ["a summary has counted", summary, "wait", 4],

    ["another name", "ab 1\nb_a 1\n", "a", undefined],
    ["a name that is no object's own", "a 1\n", "constructor", undefined],
    ["only its type", "# TYPE a gauge\n", "a", undefined],
    ["only a count, of what is no histogram", "a_count 1\n", "a", undefined],
    ["a histogram without its count", "# TYPE a histogram\na_sum 1\n", "a", undefined],
    ["nothing", "", "a", undefined],
    ["its name and no more", "a\n", "a", undefined],
    ["its labels and no value", 'a{x="1"}\n', "a", undefined],
    ["a label that does not end", 'a{x="1} 2\n', "a", undefined],
    ["a label without quotes", "a{x=1} 2\n", "a", undefined],
    ["words for a value", "a much\n", "a", undefined],
    ["NaN", "a NaN\n", "a", undefined],
    ["+Inf", "a +Inf\n", "a", undefined],
    ["-Inf", "a -Inf\n", "a", undefined],
    ["NaN in all label sets", 'a{x="1"} NaN\na{x="2"} nan\n', "a", undefined],
    ["+Inf in one label set", 'a{x="1"} 1\na{x="2"} +Inf\n', "a", undefined],
    ["a value with words behind it", "a 1 of 2\n", "a", undefined],
    ["a name in quotes and no value", '{"a"}\n', "a", undefined],
    ["a name in quotes and a label that does not end", '{"a",x="1} 2\n', "a", undefined],
    ["two names in quotes", '{"a","b"} 2\n', "a", undefined],
    ["its name as a label's only", '{"a"="x"} 2\n{x="a"} 2\n', "a", undefined],
    ["a line that is cut in its number", `a ${"0".repeat(70_000)}1\n`, "a", undefined],
    ["a line that is cut in its labels", `a{x="${"y".repeat(70_000)}"} 1\n`, "a", undefined],
    ["a sum beyond all numbers", 'a{x="1"} 1e308\na{x="2"} 1e308\n', "a", undefined],
    ["a web page", "<!DOCTYPE html>\n<html>a 1</html>\n", "a", undefined],
  ])("%s", (_sentence, text, name, expected) => {
    expect(metricValue(text, name)).toBe(expected);
  });

  it.each([1, 2, 3, 7, 64])("is the same when the page comes in pieces of %d bytes", (bytes) => {
    const page = `# HELP ä €😀\n${histogram}{"ä.b",x="€"} 4\r\na{x="😀"} 1 # {y="z"} 2\na 2`;

    const names = ["latency_seconds", "ä.b", "a", "b"];
    expect(names.map((name) => metricValue(page, name, bytes))).toEqual([12, 4, 3, undefined]);
  });

  it("is nothing for a name that was not asked for", () => {
    expect(createMetricsReader(["a"]).value("b")).toBeUndefined();
  });

  it("is a finite number or unknown, whatever the page holds", () => {
    const piece = fc.oneof(
      fc.constantFrom("a", "{", "}", "=", '"', "\\", ",", " ", "\n", "# TYPE ", "histogram", "1"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const value = metricValue(pieces.join(""), "a");
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it("is found on a large page", () => {
    const others = Array.from({ length: 20_000 }, (_, n) => `b{n="${n}",model="a"} ${n}\n`);

    const value = metricValue(`${others.join("")}a 1\n`, "a");

    expect(value).toBe(1);
  });
});
