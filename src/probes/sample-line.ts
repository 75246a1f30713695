/** One sample as it stands on a page of metrics. */
export interface SampleLine {
  readonly name: string;
  /** Undefined: the line cannot be read to its end. */
  readonly value: number | undefined;
}

/** A number, as Prometheus and OpenMetrics write one. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^[+-]?inf(?:inity)?$/i;
const bareName = /[^\s{]*/y;
const labelName = /[a-zA-Z_][\w:.]*/y;
const blanks = /[ \t]*/y;
/** What may follow the value: a time, an exemplar, or both. */
const afterValue = /^(?:[ \t]+[+-]?[\d.eE+-]+)?(?:[ \t]+#.*)?[ \t\r]*$/;

/**
 * Reads `name{label="x"} 3`, with a time and an exemplar behind it or not, and `{"name",label="x"} 3`,
 * in which names may hold anything. Undefined: it names nothing.
 */
export function readSampleLine(line: string): SampleLine | undefined {
  const from = skip(blanks, line, 0);
  if (line[from] === "{") return readQuoted(line, from);
  const nameEnd = skip(bareName, line, from);
  if (nameEnd === from) return undefined;
  const name = line.slice(from, nameEnd);
  const at = skip(blanks, line, nameEnd);
  if (line[at] !== "{") return { name, value: at > nameEnd ? valueFrom(line, at) : undefined };
  const labels = readLabels(line, at);
  return { name, value: labels && valueFrom(line, labels.end) };
}

function readQuoted(line: string, from: number): SampleLine | undefined {
  const labels = readLabels(line, from);
  if (labels?.name !== undefined) return { name: labels.name, value: valueFrom(line, labels.end) };
  if (labels !== undefined) return undefined;
  // What it names can still be told when only the labels behind it cannot be read.
  const first = readString(line, skip(blanks, line, from + 1));
  return first && { name: first.text, value: undefined };
}

/** From the brace on; `name` is the part in quotes that has no value of its own. */
function readLabels(
  line: string,
  from: number,
): { readonly name: string | undefined; readonly end: number } | undefined {
  let name: string | undefined;
  let at = from + 1;
  for (;;) {
    at = skip(blanks, line, at);
    if (line[at] === "}") return { name, end: at + 1 };
    const quoted = line[at] === '"' ? readString(line, at) : undefined;
    const end = quoted?.end ?? skip(labelName, line, at);
    if (end === at) return undefined;
    at = skip(blanks, line, end);
    if (line[at] === "=") {
      const value = readString(line, skip(blanks, line, at + 1));
      if (value === undefined) return undefined;
      at = skip(blanks, line, value.end);
    } else if (quoted !== undefined && name === undefined) {
      name = quoted.text;
    } else {
      return undefined;
    }
    if (line[at] === ",") at += 1;
    else if (line[at] !== "}") return undefined;
  }
}

function readString(
  line: string,
  from: number,
): { readonly text: string; readonly end: number } | undefined {
  if (line[from] !== '"') return undefined;
  for (let at = from + 1; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === '"') return { text: unescaped(line.slice(from + 1, at)), end: at + 1 };
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}

/** NaN and the infinities are numbers here: what they mean is for others to say. */
function valueFrom(line: string, from: number): number | undefined {
  const at = skip(blanks, line, from);
  const [word = ""] = /^[^ \t\r]*/.exec(line.slice(at)) ?? [];
  if (!afterValue.test(line.slice(at + word.length))) return undefined;
  if (decimal.test(word)) return Number(word);
  if (/^nan$/i.test(word)) return NaN;
  if (infinite.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  return undefined;
}

/** Where the text that a sticky pattern finds at `from` ends; `from` when it finds none. */
function skip(pattern: RegExp, line: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(line) ? pattern.lastIndex : from;
}
