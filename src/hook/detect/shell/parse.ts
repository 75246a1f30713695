import { cursorOn, deeper, nextLine, skipBlank, type Cursor } from "./cursor.ts";
import type { Assignment, Command, Item, Part, Redirect, Script, Word } from "./syntax.ts";
import { hereParts, matchAt, readWord } from "./words.ts";

const assignment = /([A-Za-z_]\w*)(?:\[[^\]\s]*\])?(\+?)=/y;
const redirect = /(?:\d+|\{\w+\})?(?:<<<|<<-?|<>|>>|>\||>&|<&|<(?!\()|>(?!\()|&>>?)/y;
const hereEnd = /[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s;&|<>()'"\\])+)/y;
const definition =
  /(?:function[ \t]+([^\s;&|<>()$`"'\\=]+)(?:[ \t]*\([ \t]*\))?|([^\s;&|<>()$`"'\\=]+)[ \t]*\([ \t]*\))\s*(?=[{(])/y;
const keyword =
  /(?:if|then|else|elif|fi|do|done|while|until|!|\{|\}|esac|case|for|select)(?=[\s;&|()<>]|$)/y;
const each = /(?:for|select)[ \t]+([A-Za-z_]\w*)\s+in(?=[\s;])/y;

function readHere(cursor: Cursor, operator: string): Redirect {
  const found = matchAt(hereEnd, cursor);
  const raw = found?.[1] ?? "";
  cursor.at += found?.[0].length ?? 0;
  const target: Part[] = [];
  cursor.waiting.push({
    end: raw.replaceAll(/\\(.)|['"]/g, "$1"),
    isPlain: /['"\\]/.test(raw),
    isIndented: operator.endsWith("-"),
    fill: (text, isPlain) => {
      target.push(...hereParts(text, isPlain, cursor));
    },
  });
  return { kind: "text", target };
}

function readRedirect(cursor: Cursor, operator: string): Redirect {
  cursor.at += operator.length;
  if (/<<-?$/.test(operator) && !operator.endsWith("<<<")) return readHere(cursor, operator);
  skipBlank(cursor);
  const target = readWord(cursor) ?? [];
  if (operator.endsWith("<<<")) return { kind: "text", target };
  return { kind: operator.endsWith("<") ? "read" : "write", target };
}

function readAssignment(cursor: Cursor, found: RegExpExecArray): Assignment {
  cursor.at += found[0].length;
  const name = found[1] ?? "";
  const isAdded = found[2] === "+";
  if (cursor.text[cursor.at] !== "(") return { name, words: [readWord(cursor) ?? []], isAdded };
  cursor.at += 1;
  const words: Word[] = [];
  while (cursor.at < cursor.text.length) {
    skipBlank(cursor);
    if (cursor.text[cursor.at] === "\n") nextLine(cursor);
    else if (cursor.text[cursor.at] === ")") break;
    else words.push(readWord(cursor) ?? stray(cursor));
  }
  cursor.at += 1;
  return { name, words, isAdded };
}

function stray(cursor: Cursor): Word {
  cursor.at += 1;
  return [];
}

function readCommand(cursor: Cursor, isPiped: boolean): Command {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  while (cursor.at < cursor.text.length) {
    skipBlank(cursor);
    const operator = matchAt(redirect, cursor)?.[0];
    if (cursor.arithmetic > 0 && operator?.includes("<<") === true) {
      // It shifts.
      cursor.at += operator.length;
      continue;
    }
    if (operator !== undefined) {
      redirects.push(readRedirect(cursor, operator));
      continue;
    }
    const assigned = words.length === 0 ? matchAt(assignment, cursor) : undefined;
    if (assigned !== undefined) {
      assignments.push(readAssignment(cursor, assigned));
      continue;
    }
    const word = readWord(cursor);
    if (word === undefined) break;
    words.push(word);
  }
  return { kind: "command", assignments, words, redirects, isPiped };
}

function readEach(cursor: Cursor, found: RegExpExecArray): Item {
  cursor.at += found[0].length;
  const words: Word[] = [];
  for (;;) {
    skipBlank(cursor);
    const word = readWord(cursor);
    if (word === undefined) return { kind: "each", name: found[1] ?? "", words };
    words.push(word);
  }
}

function readFunction(cursor: Cursor, found: RegExpExecArray): Item {
  cursor.at += found[0].length;
  const closer = cursor.text[cursor.at] === "{" ? "}" : ")";
  cursor.at += 1;
  const body = deeper(cursor, () => readItems(cursor, closer), []);
  return { kind: "function", name: found[1] ?? found[2] ?? "", body };
}

function readGroup(cursor: Cursor, isPiped: boolean): readonly Item[] {
  cursor.at += 1;
  const isArithmetic = cursor.text[cursor.at] === "(";
  if (isArithmetic) cursor.arithmetic += 1;
  const [first, ...rest] = deeper(cursor, () => readItems(cursor, ")"), []);
  if (isArithmetic) cursor.arithmetic -= 1;
  if (first === undefined) return [];
  return [first.kind === "command" ? { ...first, isPiped } : first, ...rest];
}

/** What a shell would run up to what closes it, branches and loops taken apart. */
function readItems(cursor: Cursor, closer: "" | ")" | "}"): readonly Item[] {
  const items: Item[] = [];
  let isPiped = false;
  let cases = 0;
  let blocks = 0;
  while (cursor.at < cursor.text.length) {
    skipBlank(cursor);
    const char = cursor.text[cursor.at] ?? "";
    const isWrite = char === "&" && cursor.text[cursor.at + 1] === ">";
    if (char === "\n") nextLine(cursor);
    else if (char === ")") {
      cursor.at += 1;
      if (closer === ")" && cases === 0) return items;
    } else if (char === "|") {
      isPiped = cursor.text[cursor.at + 1] !== "|";
      cursor.at += isPiped && cursor.text[cursor.at + 1] !== "&" ? 1 : 2;
    } else if (char === ";" || (char === "&" && !isWrite)) {
      isPiped = false;
      cursor.at += 1;
    } else if (char === "(") {
      items.push(...readGroup(cursor, isPiped));
      isPiped = false;
    } else {
      const defined = matchAt(definition, cursor);
      const loop = matchAt(each, cursor);
      const word = matchAt(keyword, cursor)?.[0];
      if (defined !== undefined) items.push(readFunction(cursor, defined));
      else if (loop !== undefined) items.push(readEach(cursor, loop));
      else if (word !== undefined) {
        cursor.at += word.length;
        if (word === "case") cases += 1;
        if (word === "esac" && cases > 0) cases -= 1;
        if (word === "{") blocks += 1;
        if (word === "}") {
          if (closer === "}" && blocks === 0) return items;
          blocks -= 1;
        }
      } else {
        const from = cursor.at;
        items.push(readCommand(cursor, isPiped));
        if (cursor.at === from) cursor.at += 1;
        isPiped = false;
      }
    }
  }
  return items;
}

/** A shell's line, or a whole script. */
export function parseScript(text: string): Script {
  const cursor = cursorOn(text, readItems);
  const items = readItems(cursor, "");
  return { items, isCutOff: cursor.isCutOff };
}
