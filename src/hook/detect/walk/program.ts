import type { Found } from "#hook/detect/found.ts";
import { httpie, someClient, wget } from "#hook/detect/programs/clients.ts";
import { curl } from "#hook/detect/programs/curl.ts";
import {
  isRunpodctl,
  isRunPodPackage,
  looksMutating,
  mentionsRunPod,
  programName,
} from "#hook/detect/programs/names.ts";
import { isProvisioner, provisioner } from "#hook/detect/programs/provisioners.ts";
import { runpodctl, runPodPackage } from "#hook/detect/programs/runpodctl.ts";
import {
  interpreters,
  lineWrappers,
  plainWrappers,
  shells,
  unversioned,
  wordsOnly,
} from "#hook/detect/programs/sets.ts";
import { hole } from "#hook/detect/shell/syntax.ts";
import { builtin } from "./builtins.ts";
import { outputOf } from "./outputs.ts";
import { addFound, type Scope, type Text } from "./scope.ts";
import { runFile, runInterpreter, runShell, writtenHere } from "./scripts.ts";
import { isUnknown } from "./values.ts";

type Run = (argv: readonly string[], scope: Scope, input: Text | undefined) => void;

const found =
  (
    judge: (argv: readonly string[], scope: Scope, input: Text | undefined) => readonly Found[],
  ): Run =>
  (argv, scope, input) => {
    addFound(scope, judge(argv, scope, input));
  };

/** What is done with a program that is known to do such things; undefined for all others. */
function known(word: string, scope: Scope): Run | undefined {
  const name = programName(word);
  if (isRunpodctl(word) || scope.renamed.has(name)) return found(runpodctl);
  if (isRunPodPackage(word)) return found((argv) => runPodPackage(argv, scope.line.text));
  if (isProvisioner(word)) return found((argv) => provisioner(argv, scope.line.text));
  if (/^(?:curl|curlie)$/.test(name)) return found(curl);
  if (name === "wget" || name === "wget2") return found(wget);
  if (/^(?:https?|httpie|xhs?)$/.test(name)) return found(httpie);
  const plain = unversioned(name);
  if (shells.has(plain)) return runShell;
  if (interpreters.has(name) || interpreters.has(plain)) return runInterpreter;
  if (name === "eval") return builtin;
  const content = writtenHere(word, scope);
  return content === undefined
    ? undefined
    : (argv, inner, input) => {
        runFile(content, argv, inner, input);
      };
}

function doubtful(argv: readonly string[], scope: Scope): boolean {
  const words = argv.join(" ");
  if (looksMutating(words)) return true;
  const names = (argv[0] ?? "").split(hole);
  if (!names.some((name) => scope.unsure.has(name))) return false;
  scope.line.isDoubtful ??= looksMutating(scope.line.text);
  return scope.line.isDoubtful;
}

const mostTried = 60;
const said =
  /^(?:-m|--?(?:message|msg|title|body|description|comment|text|note|subject|prompt|name|label|reason|annotation))$/;

/** The program that another one is handed, wherever it stands among its words. */
function handedOn(argv: readonly string[], scope: Scope, input: Text | undefined): void {
  const isPlain = plainWrappers.has(programName(argv[0] ?? ""));
  let tried = 0;
  for (let at = 1; at < argv.length && tried < mostTried; at += 1) {
    const word = argv[at] ?? "";
    if (word === "" || word.startsWith("-")) continue;
    const called = scope.functions.has(word) || scope.aliases.has(word);
    const run = called ? undefined : known(word, scope);
    if (run !== undefined) {
      tried += 1;
      run(argv.slice(at), scope, input);
      // What was handed on is found; its own words are its own.
      if (isPlain && !argv[at - 1]?.startsWith("-")) return;
    } else if (called) {
      tried += 1;
      runProgram(argv.slice(at), { ...scope, depth: scope.depth + 1 }, input);
    } else if (isPlain && wordsOnly.has(programName(word)) && !argv[at - 1]?.startsWith("-"))
      return;
  }
}

/** Lines that a program is handed as one word each. */
function handedLines(argv: readonly string[], scope: Scope, input: Text | undefined): void {
  const name = programName(argv[0] ?? "");
  const isMeant = lineWrappers.has(name);
  const inner = { ...scope, depth: scope.depth + 1, isStrict: scope.isStrict || !isMeant };
  const takesWords = plainWrappers.has(name) || name === "find" || name === "fd";
  for (const [index, arg] of argv.slice(1, 200).entries()) {
    const before = argv[index] ?? "";
    if (said.test(before) && !isMeant) continue;
    if (takesWords && wordsOnly.has(programName(arg)) && /^(?!-)|^-(?:exec|ok)/.test(before))
      return;
    const line = /^--?[\w-]+=([\s\S]*)$/.exec(arg)?.[1] ?? arg;
    if (/\s|[;&|$`]/.test(line) && (isMeant || mentionsRunPod(line)))
      scope.line.walk(line, inner, input);
  }
  if (!/^(?:ssh|watch|parallel)$/.test(name)) return;
  // All its words are put together to one line for a shell.
  const from = argv.findIndex((arg, index) => index > 0 && isRunpodctl(arg));
  const words = argv.slice(from).filter((arg) => !/^:::+\+?$/.test(arg));
  if (from > 0) scope.line.walk(words.join(" "), inner, input);
}

function withInput(argv: readonly string[], input: Text | undefined): readonly string[] {
  if (!/^g?xargs$|^parallel$/.test(programName(argv[0] ?? "")) || input === undefined) return argv;
  const isWhole = argv.some((arg) => /^-(?:0|d|L|I)/.test(arg));
  const text = input.known;
  const words =
    text === undefined
      ? [`${hole}input${hole}`]
      : isWhole
        ? text.split(/[\n\0]/).filter((line) => line !== "")
        : text.split(/\s+/).filter((word) => word !== "");
  const at = argv.findIndex((arg) => arg.startsWith("-I"));
  const mark =
    at === -1 ? "{}" : argv[at] === "-I" ? (argv[at + 1] ?? "{}") : (argv[at]?.slice(2) ?? "{}");
  const isPlaced = argv.some((arg, index) => index > at + 1 && arg.includes(mark));
  if (isPlaced)
    return argv.map((arg, index) =>
      index > at + 1 ? arg.replaceAll(mark, () => words.join(" ").slice(0, 20_000)) : arg,
    );
  return [...argv, ...words.slice(0, 1000)];
}

/** Git's own ways to run a line. */
function git(argv: readonly string[], scope: Scope): void {
  const inner = { ...scope, depth: scope.depth + 1 };
  for (const [index, arg] of argv.entries()) {
    const line =
      /^(?:--exec=|[\w.]+=!)([\s\S]+)$/.exec(arg)?.[1] ??
      (/^(?:-x|--exec|foreach)$/.test(argv[index - 1] ?? "") ? arg : undefined) ??
      (arg === "run" && argv[index - 1] === "bisect" ? argv.slice(index + 1).join(" ") : undefined);
    if (line !== undefined && mentionsRunPod(line)) scope.line.walk(line, inner, undefined);
  }
}

function waitsForWords(name: string, scope: Scope, input: Text | undefined): void {
  if (
    !/^(?:ssh|at|batch|parallel|docker|podman|kubectl|mosh|crontab|su|sudo|screen|tmux)$/.test(name)
  )
    return;
  const script = input?.known;
  if (script === undefined || !mentionsRunPod(script)) return;
  const line = script.replaceAll(/^\s*(?:@\w+|(?:[\d*/,-]+\s+){5})/gm, "");
  scope.line.walk(line, { ...scope, depth: scope.depth + 1, isStrict: true }, undefined);
}

/** Takes a command for what it does; gives what it puts out. */
export function runProgram(argv: readonly string[], scope: Scope, input: Text | undefined): Text {
  const [word = ""] = argv;
  const alias = scope.aliases.get(word);
  if (alias !== undefined && scope.depth < 20) {
    const inner = { ...scope, aliases: new Map(scope.aliases), depth: scope.depth + 1 };
    inner.aliases.delete(word);
    return scope.line.walk(`${alias} ${argv.slice(1).map(quoted).join(" ")}`, inner, input);
  }
  const own = builtin(argv, scope, input);
  if (own !== undefined) return own;
  const output = outputOf(argv, scope, input);
  const run = known(word, scope);
  if (run !== undefined) {
    run(argv, scope, input);
    if (!interpreters.has(unversioned(programName(word)))) return output;
  }
  const name = programName(word);
  if (name === "git") git(argv, scope);
  if (wordsOnly.has(name)) return output;
  if (isUnknown(word) && doubtful(argv, scope)) addFound(scope, [unclear]);
  if (scope.isStrict && !plainWrappers.has(name) && !lineWrappers.has(name)) return output;
  const whole = withInput(argv, input);
  handedOn(whole, scope, input);
  handedLines(whole, scope, input);
  waitsForWords(name, scope, input);
  if (run === undefined) addFound(scope, someClient(whole, input));
  return output;
}

const unclear: Found = {
  kind: "creates",
  what: "something",
  because:
    "which program this runs cannot be read from the command, and its words are those of such a command: write it out",
};

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
