/** One part of the report: what it says, and what fell short, if anything did. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly shortfalls: readonly string[];
}
