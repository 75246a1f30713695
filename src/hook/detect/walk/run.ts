import { parseScript } from "#hook/detect/shell/parse.ts";
import type { Command, Item, Part, Redirect } from "#hook/detect/shell/syntax.ts";
import { assign } from "./builtins.ts";
import { runProgram } from "./program.ts";
import { mayRead, mayStep, type Scope, type Text } from "./scope.ts";
import { writeHere, writtenHere } from "./scripts.ts";
import { listsOf, wholeValues, type Inner } from "./values.ts";
import { split } from "#hook/detect/shell/syntax.ts";

/** Runs each part of a command's words that runs something, once. */
function innerOf(scope: Scope): Inner {
  const done = new Map<Part, string | undefined>();
  return (part) => {
    if (done.has(part)) return done.get(part);
    const inner = { ...scope, depth: scope.depth + 1 };
    if (part.kind === "output") {
      const text = runItems(part.items, inner, undefined).known;
      done.set(part, text);
      return text;
    }
    scope.line.files += 1;
    const path = `/dev/fd/${scope.line.files}`;
    done.set(part, path);
    if (part.isRead) {
      const text = runItems(part.items, inner, undefined).known;
      if (text !== undefined) scope.files.set(path, text);
    } else scope.sinks.set(path, part.items);
    return path;
  };
}

function textOf(redirect: Redirect, scope: Scope, inner: Inner): string {
  return wholeValues(redirect.target, scope, inner)[0] ?? "";
}

function inputOf(command: Command, scope: Scope, inner: Inner, piped: Text | undefined) {
  let input = command.isPiped ? piped : undefined;
  for (const redirect of command.redirects) {
    if (redirect.kind === "write") continue;
    const text = textOf(redirect, scope, inner);
    const known = redirect.kind === "text" ? text : writtenHere(text, scope);
    input = { known, seen: known ?? text };
  }
  return input;
}

function written(command: Command, scope: Scope, inner: Inner, output: Text): void {
  for (const redirect of command.redirects) {
    if (redirect.kind !== "write") continue;
    const path = textOf(redirect, scope, inner);
    if (output.known !== undefined)
      writeHere(path, (scope.files.get(path) ?? "") + output.known, scope);
  }
  for (const [path, items] of scope.sinks) {
    scope.sinks.delete(path);
    runItems(items, { ...scope, depth: scope.depth + 1, input: output }, output);
  }
}

function runCommand(command: Command, scope: Scope, piped: Text | undefined): Text {
  const inner = innerOf(scope);
  const input = inputOf(command, scope, inner, piped);
  for (const { name, words, isAdded } of command.assignments) {
    const values =
      words.length === 1
        ? wholeValues(words[0] ?? [], scope, inner)
        : [words.map((word) => wholeValues(word, scope, inner)[0] ?? "").join(split)];
    const before = isAdded ? (scope.variables.get(name) ?? [""]) : [""];
    assign(
      scope,
      name,
      values.flatMap((value) => before.map((start) => start + value)),
    );
  }
  let output: Text | undefined;
  for (const argv of listsOf(command.words, scope, inner)) {
    if (argv.length === 0) continue;
    const body = scope.functions.get(argv[0] ?? "");
    const text =
      body === undefined || scope.depth > 20
        ? runProgram(argv, scope, input)
        : runFunction(argv, body, scope, input);
    output ??= text;
  }
  const result = output ?? { known: "", seen: "" };
  written(
    command,
    scope,
    inner,
    command.words.length === 0 && input !== undefined ? input : result,
  );
  return result;
}

function runFunction(
  argv: readonly string[],
  body: readonly Item[],
  scope: Scope,
  input: Text | undefined,
): Text {
  scope.called.add(argv[0] ?? "");
  return runItems(
    body,
    { ...scope, positional: { words: argv.slice(1) }, depth: scope.depth + 1, input },
    input,
  );
}

function joined(before: Text, next: Text): Text {
  const known =
    before.known === undefined || next.known === undefined ? undefined : before.known + next.known;
  return { known, seen: `${before.seen} ${next.seen}`.slice(0, 100_000) };
}

function runItems(items: readonly Item[], scope: Scope, piped: Text | undefined): Text {
  let all: Text = { known: "", seen: "" };
  let last: Text | undefined;
  let isFirst = true;
  const here = scope;
  for (const item of items) {
    if (!mayStep(here)) break;
    switch (item.kind) {
      case "function":
        here.functions.set(item.name, item.body);
        break;
      case "each": {
        const lists = listsOf(item.words, here, innerOf(here));
        assign(here, item.name, lists.flat());
        break;
      }
      case "command": {
        const isPiped = item.isPiped && last !== undefined;
        if (last !== undefined && !isPiped) all = joined(all, last);
        const input = isPiped ? last : isFirst ? piped : undefined;
        const command = isFirst && piped !== undefined ? { ...item, isPiped: true } : item;
        last = runCommand(command, { ...here, input: input ?? here.input }, input);
        isFirst = false;
        break;
      }
    }
  }
  return last === undefined ? all : joined(all, last);
}

/** Follows a script, and then what it defines and does not call. */
export function walkScript(text: string, scope: Scope, input: Text | undefined): Text {
  if (!mayStep(scope) || !mayRead(scope, text))
    return { known: undefined, seen: text.slice(0, 100_000) };
  const script = parseScript(text);
  if (script.isCutOff) scope.line.isTooMuch = true;
  const output = runItems(script.items, scope, input);
  for (const item of script.items) {
    if (item.kind !== "function" || scope.called.has(item.name)) continue;
    scope.called.add(item.name);
    runItems(
      item.body,
      { ...scope, positional: { words: undefined }, depth: scope.depth + 1 },
      undefined,
    );
  }
  return output;
}
