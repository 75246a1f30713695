import { StringDecoder } from "node:string_decoder";
import { readSampleLine } from "./sample-line.ts";

/** Reads a page of Prometheus or OpenMetrics text as it comes in, and keeps only what was asked for. */
export interface MetricsReader {
  readonly take: (chunk: Buffer) => void;
  /** The page is over: its last line may have no end. */
  readonly end: () => void;
  /**
   * The sum over all label sets that have a number; of a histogram or a summary, how much was
   * observed. Undefined when there is none, or a line of it cannot be read, or the sum is not finite.
   */
  readonly value: (name: string) => number | undefined;
}

/** Longer lines are not read: nobody keeps more of a page than this. */
const longestLine = 64 * 1024;

interface Tally {
  readonly sum: number;
  readonly count: number;
  readonly isBroken: boolean;
}

/** What the page says of one name. Its type may stand anywhere, so all that may be meant is kept. */
interface Found {
  type: string;
  readonly tallies: Map<string, Tally>;
}

export function createMetricsReader(names: readonly string[]): MetricsReader {
  const found = new Map(names.map((name): [string, Found] => [name, newFound(name)]));
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isCut = false;

  function takeLine(line: string): void {
    if (line.trimStart().startsWith("#")) return takeType(line);
    const sample = readSampleLine(line);
    if (sample === undefined) return;
    for (const { tallies } of found.values()) {
      const tally = tallies.get(sample.name);
      if (tally !== undefined) tallies.set(sample.name, added(tally, sample.value));
    }
  }

  function takeType(line: string): void {
    const [mark, keyword, named = "", type = ""] = line.trim().split(/\s+/, 4);
    if (mark !== "#" || keyword !== "TYPE") return;
    const of = found.get(named) ?? found.get(named.replace(/^"(.*)"$/, "$1"));
    if (of !== undefined) of.type = type.toLowerCase();
  }

  /** Whether the line may be about one of the names: nearly none is, and a look at its head tells. */
  function isOfUse(text: string, from: number): boolean {
    const code = text.charCodeAt(from);
    // A space, a tab, `#`, `{`: rare enough to be read whole.
    if (code === 32 || code === 9 || code === 35 || code === 123) return true;
    return names.some((name) => text.startsWith(name, from));
  }

  function takeText(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      if (isCut || rest !== "" || end - from > longestLine) endLine(text.slice(from, end));
      else if (isOfUse(text, from)) takeLine(text.slice(from, end));
      from = end + 1;
    }
    keep(text.slice(from));
  }

  function keep(text: string): void {
    if (isCut) return;
    isCut = rest.length + text.length > longestLine;
    rest = (rest + text).slice(0, longestLine);
  }

  function endLine(text: string): void {
    keep(text);
    const line = rest;
    rest = "";
    // Its end is not there, and the end of what is there may be half a number.
    if (isOfUse(line, 0)) takeLine(isCut ? `${line} cut` : line);
    isCut = false;
  }

  return {
    take: (chunk) => takeText(decoder.write(chunk)),
    end: () => endLine(decoder.end()),
    value: (name) => {
      const { type, tallies } = found.get(name) ?? newFound(name);
      const tally = tallies.get(sampledName(name, type, tallies));
      if (tally === undefined || tally.count === 0 || tally.isBroken) return undefined;
      return Number.isFinite(tally.sum) ? tally.sum : undefined;
    },
  };
}

function newFound(name: string): Found {
  const none: Tally = { sum: 0, count: 0, isBroken: false };
  const sampled = [name, `${name}_count`, `${name}_total`];
  return { type: "", tallies: new Map(sampled.map((each) => [each, none])) };
}

/** A label set that is not a number is nothing observed: it neither adds nor takes. */
function added({ sum, count, isBroken }: Tally, value: number | undefined): Tally {
  if (value === undefined) return { sum, count: count + 1, isBroken: true };
  return Number.isNaN(value)
    ? { sum, count, isBroken }
    : { sum: sum + value, count: count + 1, isBroken };
}

/** In OpenMetrics the samples of a counter bear another name than the counter. */
function sampledName(name: string, type: string, tallies: Found["tallies"]): string {
  if (type === "histogram" || type === "summary") return `${name}_count`;
  return type === "counter" && tallies.get(name)?.count === 0 ? `${name}_total` : name;
}
