/** What a person must know, and what they can do about it. */
export interface Told {
  readonly because: string;
  readonly hint: string;
}
