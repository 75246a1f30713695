import type { Item } from "./syntax.ts";

/** Reads what a shell runs up to what closes it. */
export type ReadItems = (cursor: Cursor, closer: "" | ")" | "}") => readonly Item[];

export interface Cursor {
  readonly text: string;
  readonly readItems: ReadItems;
  at: number;
  /** Texts that begin after the next end of a line. */
  readonly waiting: HereText[];
  /** Between `((` and `))`, where `<<` shifts. */
  arithmetic: number;
  depth: number;
  isCutOff: boolean;
}

interface HereText {
  readonly end: string;
  readonly isPlain: boolean;
  readonly isIndented: boolean;
  readonly fill: (text: string, isPlain: boolean) => void;
}

export function cursorOn(text: string, readItems: ReadItems, depth = 0): Cursor {
  return { text, readItems, at: 0, waiting: [], arithmetic: 0, depth, isCutOff: false };
}

/** Beyond it nothing is read any more; what is there is judged by its words. */
const deepest = 40;

/** Reads what is nested, unless it is nested too deep: then all the rest is left unread. */
export function deeper<T>(cursor: Cursor, read: () => T, otherwise: T): T {
  if (cursor.depth >= deepest) {
    cursor.isCutOff = true;
    cursor.at = cursor.text.length;
    return otherwise;
  }
  cursor.depth += 1;
  const result = read();
  cursor.depth -= 1;
  return result;
}

/** Steps over the end of a line, and over the texts that begin behind it. */
export function nextLine(cursor: Cursor): void {
  cursor.at += 1;
  for (const here of cursor.waiting.splice(0)) {
    const lines: string[] = [];
    while (cursor.at < cursor.text.length) {
      const end = cursor.text.indexOf("\n", cursor.at);
      const line = cursor.text.slice(cursor.at, end === -1 ? undefined : end);
      cursor.at = end === -1 ? cursor.text.length : end + 1;
      const bare = (here.isIndented ? line.replace(/^\t+/, "") : line).replace(/\r$/, "");
      if (bare === here.end) break;
      lines.push(here.isIndented ? bare : line);
    }
    here.fill(lines.length === 0 ? "" : `${lines.join("\n")}\n`, here.isPlain);
  }
}

/** Steps over spaces, continued lines and comments. */
export function skipBlank(cursor: Cursor): void {
  for (;;) {
    const char = cursor.text[cursor.at];
    if (char === " " || char === "\t" || char === "\r") cursor.at += 1;
    else if (char === "\\" && cursor.text[cursor.at + 1] === "\n") cursor.at += 2;
    else if (char === "\\" && cursor.text.startsWith("\r\n", cursor.at + 1)) cursor.at += 3;
    else if (char === "#" && cursor.arithmetic === 0) {
      const end = cursor.text.indexOf("\n", cursor.at);
      cursor.at = end === -1 ? cursor.text.length : end;
    } else return;
  }
}
