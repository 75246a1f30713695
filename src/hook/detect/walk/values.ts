import { fieldsOf, unmarked } from "#hook/detect/shell/braces.ts";
import { without } from "#hook/detect/shell/glob.ts";
import { hole, split, type Part, type Word } from "#hook/detect/shell/syntax.ts";
import type { Scope } from "./scope.ts";

/** What is not known either is something, or nothing at all. */
type Unknown = "something" | "nothing";

type Parameter = Extract<Part, { kind: "parameter" }>;

/** Gives what a part of a word puts out or where it can be read; undefined where that is unknown. */
export type Inner = (part: Extract<Part, { kind: "output" | "file" }>) => string | undefined;

/** Of one word; what is longer is not followed. */
const longest = 2_000_000;
const mostValues = 8;
const mostLists = 16;

export function isUnknown(value: string): boolean {
  return value.includes(hole);
}

function unknownOf(name: string, unknown: Unknown): string {
  return unknown === "nothing" ? "" : hole + name.replaceAll(hole, "").slice(0, 200) + hole;
}

function held(name: string, scope: Scope): readonly string[] | undefined {
  const { words } = scope.positional;
  if (/^[@*]$/.test(name)) return words && [words.join(split)];
  if (/^[1-9]\d*$/.test(name)) return words && [words[Number(name) - 1] ?? ""];
  if (/^[#?$!0-]$/.test(name)) return ["0"];
  return scope.variables.get(name);
}

function indexed(value: string, index: string): string {
  if (/^\d+$/.test(index)) return value.split(split)[Number(index)] ?? "";
  return value;
}

function replaced(value: string, operator: string, operand: string): string {
  const cut = operand.indexOf("/");
  const from = cut === -1 ? operand : operand.slice(0, cut);
  const to = cut === -1 ? "" : operand.slice(cut + 1);
  if (/[*?[]/.test(from) || from === "" || value.length * to.length > longest) return value;
  return operator === "//" ? value.replaceAll(from, () => to) : value.replace(from, () => to);
}

function substring(value: string, operand: string): string {
  const [from, length] = operand.split(":").map(Number);
  if (from === undefined || Number.isNaN(from)) return value;
  const rest = value.slice(from);
  return length === undefined || Number.isNaN(length) ? rest : rest.slice(0, length);
}

function operated(value: string, operator: string, operand: string): string {
  if (/^##?$/.test(operator)) return without(value, operand, true, operator === "##");
  if (/^%%?$/.test(operator)) return without(value, operand, false, operator === "%%");
  if (/^\/\/?$/.test(operator)) return replaced(value, operator, operand);
  if (operator.startsWith("^")) return operator === "^^" ? value.toUpperCase() : value;
  if (operator.startsWith(",")) return value.toLowerCase();
  return operator === ":" ? substring(value, operand) : value;
}

function parameter(part: Parameter, scope: Scope, unknown: Unknown, inner: Inner) {
  const { name, sign, index, operator } = part;
  if (sign === "#") return ["0"];
  const direct = held(name, scope);
  const known =
    sign === "!"
      ? direct?.flatMap((each) => held(each, scope) ?? [unknownOf(each, unknown)])
      : direct;
  const values = known?.map((value) => (index === undefined ? value : indexed(value, index)));
  const operands = () => valuesOf(part.operand, scope, unknown, inner);
  if (/^:?\+$/.test(operator)) return [...operands(), ""];
  if (/^:?[-=]$/.test(operator)) {
    if (values === undefined) return [...operands(), unknownOf(name, unknown)];
    return values.flatMap((value) => (value === "" ? operands() : [value]));
  }
  if (values === undefined) return [unknownOf(name, unknown)];
  const [operand = ""] = operator === "" || /^:?\?$/.test(operator) ? [""] : operands();
  return values.map((value) => operated(value, operator, operand));
}

function asFilledIn(value: string, part: Parameter): string {
  if (!part.isQuoted) return value.replaceAll(/[ \t\n]+/g, split);
  const isJoined = part.name === "*" || part.index === "*";
  return isJoined ? value.replaceAll(split, " ") : value;
}

function partValues(part: Part, scope: Scope, unknown: Unknown, inner: Inner): readonly string[] {
  switch (part.kind) {
    case "text":
      return [part.text];
    case "parameter":
      return parameter(part, scope, unknown, inner).map((value) => asFilledIn(value, part));
    case "file":
      return [inner(part) ?? unknownOf(part.source, unknown)];
    case "output": {
      const known = inner(part)?.replace(/\n+$/, "");
      if (known === undefined) return [unknownOf(part.source, unknown)];
      return [part.isQuoted ? known : known.replaceAll(/[ \t\n]+/g, split)];
    }
  }
}

function combined(lists: readonly (readonly string[])[], most: number): readonly string[][] {
  let all: string[][] = [[]];
  for (const list of lists) {
    const room = Math.max(1, Math.floor(most / all.length));
    const few = list.slice(0, room);
    all = all.flatMap((before) => few.map((value) => [...before, value]));
  }
  return all;
}

function valuesOf(word: Word, scope: Scope, unknown: Unknown, inner: Inner): readonly string[] {
  if (word.length === 1 && word[0]?.kind === "text") return [word[0].text];
  const lists = word.map((part) => partValues(part, scope, unknown, inner));
  const length = lists.reduce(
    (sum, values) => sum + Math.max(...values.map((value) => value.length)),
    0,
  );
  if (length > longest) {
    scope.line.isTooMuch = true;
    return [unknownOf("", unknown)];
  }
  if (lists.every((list) => list.length === 1)) return [lists.map(([only = ""]) => only).join("")];
  return combined(lists, mostValues).map((parts) => parts.join(""));
}

/** What stands to the right of a `=`, in a text or behind a redirection: one word, however it reads. */
export function wholeValues(word: Word, scope: Scope, inner: Inner): readonly string[] {
  return valuesOf(word, scope, "something", inner).map((value) =>
    unmarked(value).replaceAll(split, " "),
  );
}

function wordFields(word: Word, value: string): readonly string[] {
  if (value !== "") return fieldsOf(value);
  const isThere = word.some(
    (part) => part.kind === "text" || ("isQuoted" in part && part.isQuoted),
  );
  return isThere ? [""] : [];
}

/** The lists of words that the words may come to. */
export function listsOf(
  words: readonly Word[],
  scope: Scope,
  inner: Inner,
): readonly (readonly string[])[] {
  const lists = (["something", "nothing"] as const).map((unknown) =>
    words.map((word) => valuesOf(word, scope, unknown, inner)),
  );
  const [some = [], none = []] = lists;
  const isSame = some.every((values, index) => values.join(hole) === none[index]?.join(hole));
  return (isSame ? [some] : [some, none]).flatMap((each) =>
    (each.every((values) => values.length === 1)
      ? [each.map(([only = ""]) => only)]
      : combined(each, mostLists)
    ).map((values) => values.flatMap((value, index) => wordFields(words[index] ?? [], value))),
  );
}
