import { basename } from "node:path";
import { render, type Values } from "#template/render.ts";
import { variableFor } from "#template/variables.ts";

/** An argument that a program reads as its own words, and how such words name an environment variable. */
interface Script {
  readonly at: number;
  readonly by: string;
  readonly named: (variable: string) => string;
}

/** A placeholder where what is filled in would be run: a pod's name is text that anyone may have written. */
export interface ScriptFault {
  readonly at: number;
  readonly what: string;
}

interface Language {
  readonly programs: readonly string[];
  /** Its whole option, or its beginning with the script right behind it. */
  readonly options: RegExp;
  readonly named: (variable: string) => string;
}

const inShell = (variable: string): string => `"$${variable}"`;

const shells: Language = {
  programs: words(
    "sh bash dash zsh fish ash ksh mksh lksh pdksh oksh yash csh tcsh rbash rksh elvish nu xonsh posh",
  ),
  // Options stand in clusters: `-lc`, `-ec`. `fish` has a long form, and one for what comes first.
  options: /^[-+][A-Za-z]*c[A-Za-z]*$|^--(?:init-)?command(?:=|$)|^-C/,
  named: inShell,
};

/** A single letter may stand in a cluster (`-ne`) and have the script right behind it (`-e'…'`). */
const languages: readonly Language[] = [
  shells,
  {
    programs: words("python pythonw pypy ipython"),
    options: /^-[A-Za-z]*c/,
    named: (variable) => `os.environ["${variable}"]`,
  },
  {
    programs: words("node nodejs bun deno tsx ts-node"),
    options: /^-[a-z]*[ep]|^--(?:eval|print)(?:=|$)|^eval$/,
    named: (variable) => `process.env.${variable}`,
  },
  {
    programs: words("perl"),
    options: /^-[A-Za-z0-9]*[eE]/,
    named: (variable) => `$ENV{${variable}}`,
  },
  {
    programs: words("ruby jruby"),
    options: /^-[A-Za-z0-9]*e/,
    named: (variable) => `ENV["${variable}"]`,
  },
  {
    programs: words("php"),
    options: /^-[A-Za-z]*[rBRE]|^--(?:run|process-begin|process-code|process-end)(?:=|$)/,
    named: (variable) => `getenv("${variable}")`,
  },
  {
    programs: words("lua luajit"),
    options: /^-[a-z]*e/,
    named: (variable) => `os.getenv("${variable}")`,
  },
  {
    programs: words("Rscript R julia elixir groovy scala tclsh expect osascript guile racket"),
    options: /^-[A-Za-z]*[ecEl]|^--(?:eval|expr|print)(?:=|$)/,
    named: (variable) => `the environment variable ${variable}`,
  },
];

/** They hand a line to a shell. */
const lineRunners: Language = {
  programs: words("su runuser script flock xterm tmux screen entr hyperfine"),
  options: /^-[A-Za-z]*c$|^--(?:session-)?command(?:=|$)|^new(?:-session|-window)?$|^neww?$/,
  named: inShell,
};

/** Their first argument that is no option is a program of their own. */
const awks: readonly string[] = words("awk gawk mawk nawk");

/** They join all that follows into a line for a shell, of this machine or another. */
const joiners: readonly string[] = words("ssh pwsh powershell watch eval mosh rsh");

const anything: Values = {
  balanceUsd: 0,
  belowUsd: 0,
  name: "",
  podsJson: "",
  message: "",
  podId: "",
  podName: "",
  reason: "",
};

/**
 * What is wrong with a command because a placeholder stands in a script. It does not matter where in the
 * command the shell or interpreter stands: behind `env`, `timeout`, `sudo` or anything else.
 */
export function scriptFaults(command: readonly string[]): readonly ScriptFault[] {
  return scriptsIn(command).flatMap(({ at, by, named }) => {
    const found = placeholdersIn(command[at] ?? "");
    const [first] = found;
    if (first === undefined) return [];
    const instead = found.map((each) => named(variableFor(each) ?? "")).filter(unique);
    return [
      {
        at,
        what: `must not hold ${found.join(", ")}: ${by} would run what stands in a pod's name. Write ${instead.join(", ")} in place of it`,
      },
    ];
  });
}

/** The program that would run added arguments as a part of its script; undefined when there is none. */
export function joinerIn(command: readonly string[]): string | undefined {
  return command
    .map((part) => nameOf(part))
    .find((name, at) => joiners.includes(name) && isProgram(command, at));
}

export function hasPlaceholder(command: readonly string[]): boolean {
  return command.some((argument) => placeholdersIn(argument).length > 0);
}

function scriptsIn(command: readonly string[]): readonly Script[] {
  const found = command.flatMap((part, at): readonly Script[] => {
    const name = nameOf(part);
    const rest = command.slice(at + 1);
    const script = (offset: number, named = inShell): Script => ({
      at: at + 1 + offset,
      by: name,
      named,
    });
    if (name === "env") {
      return rest.flatMap((arg, n) => {
        if (/^-[a-zA-Z0]*S$|^--split-string$/.test(arg)) return [script(n + 1)];
        return /^-[a-zA-Z0]*S|^--split-string=/.test(arg) ? [script(n)] : [];
      });
    }
    if (awks.includes(name)) {
      const first = rest.findIndex(
        (arg, n) => !arg.startsWith("-") && !/^-[vFf]$/.test(rest[n - 1] ?? ""),
      );
      return first < 0 ? [] : [script(first, (variable) => `ENVIRON["${variable}"]`)];
    }
    if (joiners.includes(name) && isProgram(command, at))
      return joined(rest, name).map((n) => script(n, piped(name)));
    const language = [...languages, lineRunners].find(({ programs }) => programs.includes(name));
    return language === undefined
      ? []
      : ofOptions(rest, language).map((n) => script(n, language.named));
  });
  return found.filter(({ at }, n) => found.findIndex((other) => other.at === at) === n);
}

const wrappers = words(
  "env timeout nice ionice chrt taskset sudo doas nohup stdbuf setsid time unbuffer command exec busybox sshpass",
);

/** Whether all that stands before it are programs that start another one, with their own options. */
function isProgram(command: readonly string[], at: number): boolean {
  return command
    .slice(0, at)
    .every(
      (part, n) =>
        wrappers.includes(nameOf(part)) ||
        /^-|^\w+=|^\d+(?:\.\d+)?[smhd]?$/.test(part) ||
        /^-\w$/.test(command[n - 1] ?? ""),
    );
}

/**
 * From each option that takes a script to that script: shells take options between the two. A file that is
 * named before them is the program, and what follows it is its own.
 */
function ofOptions(rest: readonly string[], language: Language): readonly number[] {
  const { options } = language;
  // What stands before the option of `su me -c …` is no file.
  const takesFile = language !== lineRunners;
  const first = rest.findIndex((arg, n) => options.test(arg) || (takesFile && isFile(rest, n)));
  if (first < 0 || !options.test(rest[first] ?? "")) return [];
  return rest.flatMap((arg, n) => {
    if (n < first || !options.test(arg)) return [];
    const next = rest.findIndex((other, m) => m > n && !/^[-+]./.test(other));
    return next < 0 ? [n] : [n, ...Array.from({ length: next - n }, (_, more) => n + 1 + more)];
  });
}

function isFile(rest: readonly string[], n: number): boolean {
  return !/^[-+]/.test(rest[n] ?? "") && !takesValue.test(rest[n - 1] ?? "");
}

const takesValue =
  /^(?:[-+][oO]|--(?:rcfile|init-file|require|import|loader|conditions|env-file)|-[rWXCIMmd])$/;

/** Of `ssh`, what stands behind the host; of the others, all. */
function joined(rest: readonly string[], name: string): readonly number[] {
  const isRemote = name === "ssh" || name === "mosh" || name === "rsh";
  const host = rest.findIndex(
    (arg, n) => !arg.startsWith("-") && !/^-[BbcDEeFIiJLlmOopQRSWw]$/.test(rest[n - 1] ?? ""),
  );
  const from = isRemote ? (host < 0 ? rest.length : host + 1) : 0;
  return rest.map((_, n) => n).filter((n) => n >= from);
}

function piped(name: string): (variable: string) => string {
  return name === "watch" || name === "eval"
    ? inShell
    : (variable) => `its standard input (["sh", "-c", "printf %s \\"$${variable}\\" | ${name} …"])`;
}

function placeholdersIn(text: string): readonly string[] {
  if (render(text, anything).filled === 0) return [];
  const looksLike = text.match(/\{[a-z_]+(?::[^{}\s]*)?\}/g) ?? [];
  return looksLike.filter((each) => render(each, anything).filled > 0).filter(unique);
}

/** `python3.12`, `/usr/bin/bash`, `ksh93`: the name without its place and version. */
function nameOf(part: string): string {
  return basename(part).replace(/[\d.-]+$/, "");
}

function words(text: string): readonly string[] {
  return text.split(" ");
}

function unique<Item>(item: Item, n: number, all: readonly Item[]): boolean {
  return all.indexOf(item) === n;
}
