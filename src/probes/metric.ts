import parsePrometheusTextFormat from "parse-prometheus-text-format";

/**
 * The value of a metric on a Prometheus page: the sum over all its label sets; of a histogram or a
 * summary, how much was observed. Undefined when it is not there or any part of it is no finite
 * number. What the page holds beside it does not matter.
 */
export function metricValue(text: string, name: string): number | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const sampled = lines.some((line) => isDistribution(line, name)) ? `${name}_count` : name;
  const values = valuesOf(lines.filter((line) => isSampleOf(line, sampled)));
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  return Number.isFinite(sum) ? sum : undefined;
}

/** A sample without a value is NaN, so that it does not count as 0. */
function valuesOf(samples: readonly string[]): readonly number[] {
  try {
    // Samples only, each with its line end: the parser loses a last line without one, refuses a HELP
    // without words, and of a histogram whose type it knows it drops the counts that have labels.
    const families = parsePrometheusTextFormat(samples.map((line) => `${line}\n`).join(""));
    const values = families.flatMap(({ metrics }) => metrics.map(({ value }) => value));
    return values.map((value) => (value ? Number(value) : NaN));
  } catch {
    return [];
  }
}

function isSampleOf(line: string, name: string): boolean {
  return line.startsWith(name) && /[\s{]/.test(line.charAt(name.length));
}

function isDistribution(line: string, name: string): boolean {
  if (!line.startsWith("#")) return false;
  const [mark, keyword, named, type = ""] = line.split(/\s+/, 4);
  return (
    mark === "#" && keyword === "TYPE" && named === name && /^(?:histogram|summary)$/i.test(type)
  );
}
