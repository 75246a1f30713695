import type { Seen } from "#guard/model/account.ts";

export type Refusal = NonNullable<Seen["refusal"]>;

/** What is taken leave of, and with which words: an API key that is no longer available is another matter. */
const interfaces = /\bgraphql\b|\b(this|the) (api|endpoint|interface|version)\b(?! key)/i;
const retirement =
  /\bretired\b|\bsunset\b|\bdeprecated and removed\b|\bno longer (available|supported)\b|\bshut down\b|\bdiscontinued\b|\bend of life\b/i;
/** These are about the key and about how often it asks, whatever their words. */
const ofTheKey: readonly (number | undefined)[] = [401, 403, 429];

/** What a refusal may mean for the whole interface; undefined when nothing. */
export function refusalOf(status: number | undefined, words: string): Refusal | undefined {
  if (status === 410) return "retired";
  const isEnd = !ofTheKey.includes(status) && interfaces.test(words) && retirement.test(words);
  if (isEnd) return "retired";
  if (status === 404 || status === 405) return "route";
  if (status === 422) return "schema";
  return status === 429 ? "rate" : undefined;
}
