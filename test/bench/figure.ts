/** One row of the report. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly beside: string;
  readonly aim: string;
  readonly isMet: boolean;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
