import { split } from "#hook/detect/shell/syntax.ts";
import { isRunpodctl, programName } from "#hook/detect/programs/names.ts";
import { outputOf, printf } from "./outputs.ts";
import type { Scope, Text } from "./scope.ts";
import { writeHere, writtenHere } from "./scripts.ts";
import { isUnknown } from "./values.ts";

/** Of what a name may hold. */
const longest = 200_000;
const none: Text = { known: "", seen: "" };

/** Adds to what a name may hold: which branch was taken is not known. */
export function assign(scope: Scope, name: string, values: readonly string[]): void {
  const before = scope.variables.get(name) ?? [];
  const all = [...new Set([...values, ...before])];
  scope.variables.set(
    name,
    all.slice(0, 8).map((value) => value.slice(0, longest)),
  );
  if (all.some((value) => value.length > longest)) scope.line.isTooMuch = true;
  if (values.some(isUnknown)) scope.unsure.add(name);
}

function assignAll(args: readonly string[], scope: Scope): void {
  for (const arg of args) {
    const [, name, value] = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(arg) ?? [];
    if (name !== undefined) assign(scope, name, [value ?? ""]);
  }
}

function readInto(args: readonly string[], scope: Scope, input: Text | undefined): void {
  const names = args.filter((arg) => /^[A-Za-z_]\w*$/.test(arg));
  const isArray = args.some((arg) => /^-\w*a/.test(arg));
  const [line] = (input ?? scope.input)?.known?.split("\n") ?? [];
  if (line === undefined) {
    for (const name of names) scope.unsure.add(name);
    return;
  }
  const words = line.trim().split(/\s+/);
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const rest = words.slice(index).join(isArray ? split : " ");
    assign(scope, name, [isLast ? rest : (words[index] ?? "")]);
  }
}

/** A copy or a link goes by another name and does the same. */
function copied(args: readonly string[], scope: Scope): void {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const to = paths.at(-1);
  if (to === undefined || paths.length < 2) return;
  for (const from of paths.slice(0, -1)) {
    if (isRunpodctl(from)) scope.renamed.add(programName(to));
    const content = writtenHere(from, scope);
    if (content !== undefined) writeHere(to, content, scope);
  }
}

/** What a shell does itself, and what changes what later words mean; undefined for all other programs. */
export function builtin(
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
): Text | undefined {
  const [name = "", ...args] = argv;
  const deeper = { ...scope, depth: scope.depth + 1, isStrict: false };
  switch (name) {
    case "export":
    case "declare":
    case "typeset":
    case "local":
    case "readonly":
      assignAll(args, scope);
      return none;
    case "alias":
      for (const arg of args) {
        const [, called, text] = /^([^=]+)=([\s\S]*)$/.exec(arg) ?? [];
        if (called !== undefined) scope.aliases.set(called, text ?? "");
      }
      return none;
    case "read":
    case "mapfile":
    case "readarray":
      readInto(args, scope, input);
      return none;
    case "set": {
      const from = args.indexOf("--");
      if (from !== -1) scope.positional.words = args.slice(from + 1);
      return none;
    }
    case "shift":
      scope.positional.words = scope.positional.words?.slice(Number(args[0] ?? 1) || 1);
      return none;
    case "eval":
      return scope.line.walk(args.join(" "), deeper, input);
    case "trap":
      return scope.line.walk(args.find((arg) => !arg.startsWith("-")) ?? "", deeper, undefined);
    case "source":
    case ".":
      return scope.line.walk(writtenHere(args[0] ?? "", scope) ?? "", deeper, input);
    case "command":
      return args[0] === "-v" || args[0] === "-V"
        ? { known: args[1], seen: argv.join(" ") }
        : undefined;
    case "printf":
      if (args[0] !== "-v") return undefined;
      assign(scope, args[1] ?? "", [printf(args.slice(2))]);
      return none;
    case "cp":
    case "mv":
    case "ln":
    case "install":
      copied(args, scope);
      return none;
    case "tee": {
      const text = outputOf(argv, scope, input);
      for (const path of args.filter((arg) => !arg.startsWith("-")))
        if (text.known !== undefined) writeHere(path, text.known, scope);
      return text;
    }
    default:
      return undefined;
  }
}
