/** Prometheus's text format: every version reads it, and asks for nothing else where it is told so. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** A metric with all its series. What is unknown is no series: it is never 0. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** How long things took: how many took at most so long each, and all together. */
export interface Histogram {
  readonly name: string;
  readonly type: "histogram";
  readonly help: string;
  readonly buckets: readonly { readonly most: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

/** The page. A metric without any series is left out. */
export function pageOf(families: readonly (Family | Histogram)[]): string {
  return families.map(textOf).join("");
}

/** The same, with each text in its labels changed; of series that are alike then, the first one is left. */
export function withLabels<Of extends Family | Histogram>(
  family: Of,
  change: (text: string) => string,
): Of {
  if (family.type === "histogram") return family;
  const series = new Map<string, Sample>();
  for (const { labels = {}, value } of family.samples) {
    const pairs = Object.entries(labels).map(([name, text]) => [name, change(text)]);
    const key = JSON.stringify(pairs);
    if (!series.has(key)) series.set(key, { labels: Object.fromEntries(pairs) as Labels, value });
  }
  return { ...family, samples: [...series.values()] };
}

function textOf(family: Family | Histogram): string {
  const lines = family.type === "histogram" ? linesOfHistogram(family) : linesOf(family);
  if (lines.length === 0) return "";
  const { name, type, help } = family;
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function linesOf({ name, samples }: Family): readonly string[] {
  return samples.map(({ labels = {}, value }) => lineOf(name, labels, value));
}

function linesOfHistogram({ name, buckets, count, sum }: Histogram): readonly string[] {
  const all = [...buckets, { most: Infinity, count }];
  return [
    ...all.map((each) => lineOf(`${name}_bucket`, { le: numberOf(each.most) }, each.count)),
    lineOf(`${name}_sum`, {}, sum),
    lineOf(`${name}_count`, {}, count),
  ];
}

function lineOf(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', String.raw`\"`)}"`,
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberOf(value)}`;
}

function numberOf(value: number): string {
  if (Math.abs(value) === Infinity) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** No text may begin a line of its own, nor end the page: Prometheus stops reading at a NUL. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll(/\p{Cc}/gu, "\ufffd");
}
