/** The longest text of other people's that goes any further, in characters. */
const longest = 64;

/** Nothing to do, as nearly always: the check below costs far more. */
const plainAscii = /^[\x20-\x7e]{0,64}$/;

/** Control, bidi, zero-width and other invisible characters, and halves of surrogate pairs. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes a name or id that other people chose fit for terminals, prompts and logs: what cannot be
 * seen is removed and at most 64 characters are kept.
 */
export function clean(text: string): string {
  if (plainAscii.test(text)) return text;
  return Array.from(text.replace(unseen, "")).slice(0, longest).join("");
}
