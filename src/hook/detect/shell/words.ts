import { cursorOn, deeper, type Cursor } from "./cursor.ts";
import { unescaped } from "./quotes.ts";
import { brace, type Part, type Word } from "./syntax.ts";

/** Where parts stand: bare, in double quotes, in the braces of `${…}`, or in a text on lines of its own. */
type Place = "bare" | "double" | "braces" | "here";

const marks: Readonly<Record<string, string>> = {
  "{": brace.open,
  ",": brace.comma,
  "}": brace.close,
};
const ends = new Set([" ", "\t", "\r", "\n", ";", "&", "|", "<", ">", "(", ")"]);
const name = /[A-Za-z_]\w*|\d+|[@*#?$!-]/y;
const signs = /[!#](?=[\w@*])/y;
const index = /\[([^\]]*)\]/y;

export function matchAt(pattern: RegExp, cursor: Cursor): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.text) ?? undefined;
}

/** From after `$'` on. */
function dollarQuoted(cursor: Cursor): string {
  const from = cursor.at;
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== "'")
    cursor.at += cursor.text[cursor.at] === "\\" ? 2 : 1;
  const inside = cursor.text.slice(from, cursor.at);
  cursor.at += 1;
  return unescaped(inside);
}

function backticked(cursor: Cursor, isQuoted: boolean): Part {
  cursor.at += 1;
  const from = cursor.at;
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== "`")
    cursor.at += cursor.text[cursor.at] === "\\" ? 2 : 1;
  const source = cursor.text.slice(from, cursor.at).replaceAll(/\\([\\`$])/g, "$1");
  cursor.at += 1;
  const items = deeper(cursor, () => {
    const inner = cursorOn(source, cursor.readItems, cursor.depth);
    const read = cursor.readItems(inner, "");
    cursor.isCutOff ||= inner.isCutOff;
    return read;
  }, []);
  return { kind: "output", items, source, isQuoted };
}

/** From the parenthesis that opens on, which stands `skipped` characters further. */
function nested(cursor: Cursor, skipped: number) {
  const from = cursor.at + skipped + 1;
  cursor.at = from;
  const isArithmetic = cursor.text[from - 2] === "$" && cursor.text[from] === "(";
  if (isArithmetic) cursor.arithmetic += 1;
  const items = deeper(cursor, () => cursor.readItems(cursor, ")"), []);
  if (isArithmetic) cursor.arithmetic -= 1;
  return { items, source: cursor.text.slice(from, Math.min(cursor.at - 1, from + 2000)) };
}

function braced(cursor: Cursor, isQuoted: boolean): Part {
  cursor.at += 2;
  const before = matchAt(signs, cursor)?.[0] ?? "";
  cursor.at += before.length;
  const found = matchAt(name, cursor)?.[0] ?? "";
  cursor.at += found.length;
  const at = matchAt(index, cursor);
  cursor.at += at?.[0].length ?? 0;
  const operator = matchAt(/:?[-=+?]|##?|%%?|\/\/?|\^\^?|,,?|[:@]/y, cursor)?.[0] ?? "";
  cursor.at += operator.length;
  const operand = deeper(cursor, () => partsIn(cursor, "braces"), []);
  cursor.at += 1;
  return {
    kind: "parameter",
    name: found,
    sign: before,
    index: at?.[1],
    operator,
    operand,
    isQuoted,
  };
}

function dollar(cursor: Cursor, isQuoted: boolean): readonly Part[] {
  const next = cursor.text[cursor.at + 1];
  if (next === "(") return [{ kind: "output", ...nested(cursor, 1), isQuoted }];
  if (next === "{") return [braced(cursor, isQuoted)];
  if (next === "'" && !isQuoted) {
    cursor.at += 2;
    return [{ kind: "text", text: dollarQuoted(cursor) }];
  }
  if (next === '"' && !isQuoted) {
    cursor.at += 2;
    return doubleQuoted(cursor);
  }
  cursor.at += 1;
  const called = matchAt(/[A-Za-z_]\w*|[\d@*#?$!-]/y, cursor)?.[0];
  if (called === undefined) return [{ kind: "text", text: "$" }];
  cursor.at += called.length;
  return [
    {
      kind: "parameter",
      name: called,
      sign: "",
      index: undefined,
      operator: "",
      operand: [],
      isQuoted,
    },
  ];
}

function doubleQuoted(cursor: Cursor): readonly Part[] {
  const parts = partsIn(cursor, "double");
  cursor.at += 1;
  // Quotes make a word even of nothing.
  return parts.length === 0 ? [{ kind: "text", text: "" }] : parts;
}

/** What a backslash makes of what follows it. */
function escaped(cursor: Cursor, place: Place): string {
  const next = cursor.text[cursor.at + 1] ?? "";
  cursor.at += 2;
  if (next === "\n") return "";
  if (place === "bare" || place === "braces") return next;
  return '$`"\\'.includes(next) ? next : `\\${next}`;
}

function singleQuoted(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.at + 1);
  const inside = cursor.text.slice(cursor.at + 1, end === -1 ? undefined : end);
  cursor.at = end === -1 ? cursor.text.length : end + 1;
  return inside;
}

function partsIn(cursor: Cursor, place: Place): readonly Part[] {
  const parts: Part[] = [];
  let text = "";
  let isText = false;
  const isQuoted = place === "double" || place === "here";
  const add = (more: readonly Part[]) => {
    if (isText) parts.push({ kind: "text", text });
    text = "";
    isText = false;
    parts.push(...more);
  };
  const addText = (more: string) => {
    text += more;
    isText = true;
  };
  while (cursor.at < cursor.text.length) {
    const char = cursor.text[cursor.at] ?? "";
    if (place === "double" && char === '"') break;
    if (place === "braces" && char === "}") break;
    if (place === "bare" && ends.has(char)) {
      if ((char !== "<" && char !== ">") || cursor.text[cursor.at + 1] !== "(") break;
      add([{ kind: "file", ...nested(cursor, 1), isRead: char === "<" }]);
    } else if (char === "\\") addText(escaped(cursor, place));
    else if (char === "$") add(dollar(cursor, isQuoted));
    else if (char === "`") add([backticked(cursor, isQuoted)]);
    else if (!isQuoted && char === "'") addText(singleQuoted(cursor));
    else if (!isQuoted && char === '"') {
      cursor.at += 1;
      add(doubleQuoted(cursor));
    } else {
      addText(place === "bare" ? (marks[char] ?? char) : char);
      cursor.at += 1;
    }
  }
  add([]);
  return parts;
}

/** The word at the cursor; undefined where none begins. */
export function readWord(cursor: Cursor): Word | undefined {
  const from = cursor.at;
  const parts = partsIn(cursor, "bare");
  return cursor.at === from ? undefined : parts;
}

/** What a text on lines of its own holds. */
export function hereParts(text: string, isPlain: boolean, like: Cursor): readonly Part[] {
  if (isPlain) return [{ kind: "text", text }];
  return deeper(like, () => {
    const inner = cursorOn(text, like.readItems, like.depth);
    const parts = partsIn(inner, "here");
    like.isCutOff ||= inner.isCutOff;
    return parts;
  }, []);
}
