import { expect, it } from "vitest";
import { combined, createCounter, createHistogram, mostOpenValues } from "#http/metrics/counter.ts";

const valuesOf = (counter: ReturnType<typeof createCounter>) =>
  counter.family().samples.map(({ labels, value }) => [labels, value]);

it("what can happen is 0 until it does", () => {
  const counter = createCounter({
    name: "x_total",
    help: "x.",
    known: combined({ result: ["good", "failed"] }),
  });

  counter.add({ result: "good" });

  expect(valuesOf(counter)).toEqual([
    [{ result: "good" }, 1],
    [{ result: "failed" }, 0],
  ]);
});

it("endless new channels take no more memory: those beyond the first are counted as other", () => {
  const counter = createCounter({ name: "x_total", help: "x.", open: "channel" });

  for (let n = 0; n < 10_000; n += 1) counter.add({ channel: `ntfy-${n}`, outcome: "done" });
  counter.add({ channel: "ntfy-0", outcome: "failed" });

  const values = valuesOf(counter);
  expect(values).toHaveLength(mostOpenValues + 2);
  expect(values).toContainEqual([{ channel: "ntfy-0", outcome: "done" }, 1]);
  expect(values).toContainEqual([{ channel: "ntfy-0", outcome: "failed" }, 1]);
  expect(values).toContainEqual([{ channel: "other", outcome: "done" }, 10_000 - mostOpenValues]);
});

it("each bucket has all that took at most so long", () => {
  const histogram = createHistogram({ name: "x_seconds", help: "x." }, [0.1, 1]);

  for (const seconds of [0.1, 0.5, 7]) histogram.add(seconds);

  expect(histogram.family()).toMatchObject({
    buckets: [
      { most: 0.1, count: 1 },
      { most: 1, count: 2 },
    ],
    count: 3,
    sum: 7.6,
  });
});
