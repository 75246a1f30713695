import { dayMs } from "#page/words/spans.ts";

/** How far back the curve goes. */
export interface Range {
  readonly name: "24h" | "7d" | "30d";
  readonly label: string;
  readonly words: string;
  readonly ms: number;
}

export const day: Range = { name: "24h", label: "24 h", words: "the last 24 hours", ms: dayMs };

export const ranges: readonly Range[] = [
  day,
  { name: "7d", label: "7 d", words: "the last 7 days", ms: 7 * dayMs },
  { name: "30d", label: "30 d", words: "the last 30 days", ms: 30 * dayMs },
];

export function rangeNamed(name: string | null | undefined): Range | undefined {
  return ranges.find((each) => each.name === name);
}
