/** Drawn twice as wide as a letter by nearly every terminal. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u2e80-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** Nearly every text, and far quicker told. */
const plain = /^[\x20-\x7e]*$/;
const none = /[\p{Mn}\p{Me}\u200b-\u200d]/u;
/** Two of them are one flag. */
const halfFlag = /\p{Regional_Indicator}/u;
const colours = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;?]*[A-Za-z]`, "g");
const cutMark = "…";

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  const seen = text.replaceAll(colours, "");
  return Array.from(seen).reduce((width, letter) => width + letterWidth(letter), 0);
}

/** At most so many columns of it, marked where it was cut. */
export function cutTo(columns: number, text: string): string {
  if (widthOf(text) <= columns) return text;
  let width = 1;
  let kept = "";
  for (const letter of text) {
    width += letterWidth(letter);
    if (width > columns) break;
    kept += letter;
  }
  return `${kept.trimEnd()}${cutMark}`;
}

function letterWidth(letter: string): number {
  if (halfFlag.test(letter)) return 1;
  if (wide.test(letter)) return 2;
  return none.test(letter) ? 0 : 1;
}
