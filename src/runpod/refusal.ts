import type { Seen } from "#guard/model/account.ts";

export type Refusal = NonNullable<Seen["refusal"]>;

/** What an interface is taken leave of with. */
const retirement =
  /\bretired\b|\bsunset\b|\bdeprecated and removed\b|\bno longer (available|supported)\b/i;

/** What a refusal may mean for the whole interface; undefined when nothing. */
export function refusalOf(status: number | undefined, words: string): Refusal | undefined {
  if (status === 410 || retirement.test(words)) return "retired";
  if (status === 404 || status === 405) return "route";
  if (status === 422) return "schema";
  return status === 429 ? "rate" : undefined;
}
