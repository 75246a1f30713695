import type { Found } from "#hook/detect/found.ts";
import { inCode } from "#hook/detect/programs/code.ts";
import { looksMutating, programName } from "#hook/detect/programs/names.ts";
import { runPodPackage } from "#hook/detect/programs/runpodctl.ts";
import { addFound, mayRead, type Scope, type Text } from "./scope.ts";

const optionWithValue =
  /^(?:[-+][oO]|--rcfile|--init-file|-I|-W|-X|-M|-r|--require|--import|--loader)$/;

function unread(program: string): Found {
  return {
    kind: "creates",
    what: "something",
    because: `what ${program} gets here cannot be read from the command, and its words are those of such a command`,
  };
}

function path(word: string): string {
  return word.replace(/^(?:\.\/)+/, "");
}

/** The content of a file that the line itself wrote. */
export function writtenHere(word: string, scope: Scope): string | undefined {
  return scope.files.get(word) ?? scope.files.get(path(word));
}

export function writeHere(word: string, text: string, scope: Scope): void {
  scope.files.set(path(word), text);
}

function fromInput(program: string, scope: Scope, given: Text | undefined) {
  const input = given ?? scope.input;
  if (input?.known !== undefined) return input.known;
  if (input !== undefined && looksMutating(input.seen)) addFound(scope, [unread(program)]);
  return undefined;
}

/** Inside of what certainly is a script, unless that is said to be strict. */
function within(scope: Scope, positional?: readonly string[], isStrict = false): Scope {
  const own = positional === undefined ? scope.positional : { words: positional };
  return { ...scope, positional: own, depth: scope.depth + 1, isStrict };
}

/** The script that a shell is handed: as a word, in a file that the line wrote, or as what comes in. */
export function runShell(argv: readonly string[], scope: Scope, input: Text | undefined): void {
  const program = programName(argv[0] ?? "");
  for (let at = 1; at < argv.length; at += 1) {
    const arg = argv[at] ?? "";
    if (optionWithValue.test(arg)) at += 1;
    else if (/^-[a-zA-Z]*c[a-zA-Z]*$|^--?command$/i.test(arg) && !/^--(?:no|rc)/.test(arg)) {
      const from = argv.findIndex((word, index) => index > at && !/^[-+]\w/.test(word));
      const script = argv[from];
      if (script === undefined) return;
      scope.line.walk(script, within(scope, argv.slice(from + 2)), input);
      return;
    } else if (arg === "-s" || arg === "-" || arg === "/dev/stdin") break;
    else if (!/^[-+]/.test(arg)) {
      const script = writtenHere(arg, scope);
      if (script !== undefined) scope.line.walk(script, within(scope, argv.slice(at + 1)), input);
      return;
    }
  }
  const script = fromInput(program, scope, input);
  if (script !== undefined) scope.line.walk(script, within(scope), undefined);
}

/** Code in another language, and what that hands to a shell. */
function runCode(code: string, scope: Scope): void {
  if (!mayRead(scope, code)) return;
  const { found, lines } = inCode(code);
  addFound(scope, found);
  for (const line of lines) scope.line.walk(line, within(scope, [], true), undefined);
}

const codeOption = /^-[a-zA-Z]*[cepErR]$|^--(?:eval|print|run|command)$/;

/** The code that an interpreter is handed. */
export function runInterpreter(
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
): void {
  const program = programName(argv[0] ?? "");
  const isAwk = program.endsWith("awk");
  let isCode = isAwk;
  for (let at = 1; at < argv.length; at += 1) {
    const arg = argv[at] ?? "";
    const attached = /^(?:-[ce]|--(?:eval|print)=)([\s\S]{2,})$/.exec(arg)?.[1];
    if (attached !== undefined) {
      runCode(attached, scope);
      return;
    }
    if (arg === "-m") {
      addFound(scope, runPodPackage(argv.slice(at + 1), scope.line.text));
      return;
    }
    if (codeOption.test(arg) || (arg === "eval" && at === 1)) isCode = true;
    else if (optionWithValue.test(arg) || (isAwk && /^-[vF]$/.test(arg))) at += 1;
    else if (isCode && !(arg.startsWith("-") && arg.length === 2)) {
      runCode(arg, scope);
      return;
    } else if (arg === "-" || arg === "/dev/stdin") break;
    else if (!arg.startsWith("-") && !(at === 1 && arg === "run")) {
      const code = writtenHere(arg, scope);
      if (code !== undefined) runCode(code, scope);
      return;
    }
  }
  const code = fromInput(program, scope, input);
  if (code !== undefined) runCode(code, scope);
}

/** A file that the line wrote, and now runs. */
export function runFile(
  content: string,
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
) {
  const first = /^#!.*/.exec(content)?.[0] ?? "";
  if (/python|node|ruby|perl|php|deno|bun/.test(first)) runCode(content, scope);
  else scope.line.walk(content, within(scope, argv.slice(1)), input);
}
