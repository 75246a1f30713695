import type { Family, Histogram, Labels } from "./text-format.ts";

/** Counts from the start of the process on. */
export interface Counter {
  add(labels?: Labels): void;
  /** Shows it from now on, be it as 0: a rise from nothing at all is no rise to whoever asks for one. */
  know(labels: Labels): void;
  family(): Family;
}

export interface CounterOptions {
  readonly name: string;
  readonly help: string;
  /** Known from the start. */
  readonly known?: readonly Labels[];
  /** The label that may have any value: what is beyond the first ones is counted as `other`. */
  readonly open?: string;
}

/** So many values of an open label are kept apart, however many there have ever been. */
export const mostOpenValues = 50;

export function createCounter({ name, help, known = [], open }: CounterOptions): Counter {
  const series = new Map<string, { readonly labels: Labels; value: number }>();
  const openValues = new Set<string>();

  function bounded(labels: Labels): Labels {
    const value = open === undefined ? undefined : labels[open];
    if (open === undefined || value === undefined || openValues.has(value)) return labels;
    if (openValues.size >= mostOpenValues) return { ...labels, [open]: "other" };
    openValues.add(value);
    return labels;
  }

  function seriesOf(labels: Labels): { value: number } {
    const key = JSON.stringify(labels);
    const found = series.get(key);
    if (found !== undefined) return found;
    const made = { labels, value: 0 };
    series.set(key, made);
    return made;
  }

  for (const labels of known) seriesOf(labels);
  return {
    add(labels = {}) {
      seriesOf(bounded(labels)).value += 1;
    },
    know: (labels) => void seriesOf(bounded(labels)),
    family: () => ({
      name,
      type: "counter",
      help,
      samples: [...series.values()].map(({ labels, value }) => ({ labels, value })),
    }),
  };
}

/** Counts how long things took, in seconds. */
export function createHistogram(
  { name, help }: Pick<CounterOptions, "name" | "help">,
  bounds: readonly number[],
) {
  const counts = bounds.map((most) => ({ most, count: 0 }));
  let count = 0;
  let sum = 0;
  return {
    add(seconds: number): void {
      for (const bucket of counts) if (seconds <= bucket.most) bucket.count += 1;
      count += 1;
      sum += seconds;
    },
    family: (): Histogram => ({
      name,
      type: "histogram",
      help,
      buckets: counts.map((each) => ({ ...each })),
      count,
      sum,
    }),
  };
}

/** Each with each. */
export function combined(choices: Readonly<Record<string, readonly string[]>>): readonly Labels[] {
  return Object.entries(choices).reduce<readonly Labels[]>(
    (rows, [label, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [label]: value }))),
    [{}],
  );
}
