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
const inVariable = (variable: string): string => `the environment variable ${variable}`;

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
    named: inVariable,
  },
];

/** They hand a line to a shell. */
const lineRunners: readonly Language[] = [
  {
    programs: words("su runuser script flock xterm screen entr hyperfine gcloud nix-shell"),
    options: /^-[A-Za-z]*[ces]|^--(?:(?:session-)?command|run)(?:=|$)/,
    named: inShell,
  },
  { programs: ["rsync"], options: /^-[A-Za-z]*e$|^--rsh(?:=|$)/, named: inShell },
];

/** Their first argument that is no option is a program of their own, and so is what they are told to run. */
const ownPrograms: readonly string[] = words("awk gawk mawk nawk sed gsed jq gojq yq");

/** They read every argument as words of their own: tmux runs `#(…)`, others SQL, lines or addresses. */
const readers: readonly string[] = words("tmux sqlite duckdb psql mysql mariadb parallel socat");

/** They join all that follows into a line for a shell of another machine. */
const remotes: readonly string[] = words("ssh autossh mosh rsh");

/** They join all that follows into a line for a shell. */
const joiners: readonly string[] = [...remotes, ...words("pwsh powershell watch eval")];

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
    if (ownPrograms.includes(name))
      return ofOwnProgram(rest, name).map((n) => script(n, inVariable));
    if (readers.includes(name) && isProgram(command, at))
      return rest.map((_, n) => script(n, inVariable));
    if (remotes.includes(name) || (joiners.includes(name) && isProgram(command, at)))
      return joined(rest, name).map((n) => script(n, piped(name)));
    const language = [...languages, ...lineRunners].find(({ programs }) => programs.includes(name));
    return language === undefined
      ? []
      : ofOptions(rest, language).map((n) => script(n, language.named));
  });
  return found.filter(({ at }, n) => found.findIndex((other) => other.at === at) === n);
}

const wrappers = words(
  "env timeout nice ionice chrt taskset sudo doas nohup stdbuf setsid time unbuffer command exec busybox sshpass xargs flock chroot nsenter systemd-run strace caffeinate proxychains torsocks",
);

/** Whether all that stands before it are programs that start another one, with their own options. */
function isProgram(command: readonly string[], at: number): boolean {
  return command
    .slice(0, at)
    .every(
      (part, n) =>
        wrappers.includes(nameOf(part)) ||
        /^-|^\/|^\w+=|^\d+(?:\.\d+)?[smhd]?$/.test(part) ||
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
  const takesFile = !lineRunners.includes(language);
  const first = rest.findIndex((arg, n) => options.test(arg) || (takesFile && isFile(rest, n)));
  if (first < 0 || !options.test(rest[first] ?? "")) return [];
  return rest.flatMap((arg, n) => {
    if (n < first || !options.test(arg)) return [];
    const next = rest.findIndex((other, m) => m > n && !/^[-+]./.test(other));
    return next < 0 ? [n] : [n, ...Array.from({ length: next - n }, (_, more) => n + 1 + more)];
  });
}

/** A word behind an option may be the option's value, unless that option is known to have none. */
function isFile(rest: readonly string[], n: number): boolean {
  const before = rest[n - 1] ?? "";
  return !/^[-+]/.test(rest[n] ?? "") && (!/^[-+]./.test(before) || hasNoValue.test(before));
}

const hasNoValue = /^-[euvxnBE]+$|^--(?:no\w+|posix|login|verbose)?$/;

/** The program of awk, sed or jq: its first argument that is no option, and all that an option brings. */
function ofOwnProgram(rest: readonly string[], name: string): readonly number[] {
  const isAwk = name.endsWith("awk");
  const isJq = name.endsWith("q");
  const isValue = (n: number): boolean =>
    /^(?:-[vFfLl]|--(?:file|from-file|indent|assign|field-separator))$/.test(rest[n - 1] ?? "") ||
    (isJq && /^--(?:arg|argjson|slurpfile|rawfile)$/.test(rest[n - 1] ?? "")) ||
    (isJq && /^--(?:arg|argjson|slurpfile|rawfile)$/.test(rest[n - 2] ?? ""));
  const first = rest.findIndex((arg, n) => !/^-./.test(arg) && !isValue(n));
  const brought = rest.flatMap((arg, n) => {
    const isAttached = /^--(?:expression|source)=|^-e./.test(arg);
    const isBehind = /^(?:-[a-z]*e|--(?:expression|source))$/.test(rest[n - 1] ?? "");
    return (isAttached || isBehind) && !isJq ? [n] : [];
  });
  // Behind jq's --args stand values.
  const positional = first < 0 || (isAwk && brought.includes(first)) ? [] : [first];
  return [...positional, ...brought];
}

/** Of `ssh`, what stands behind the host; of the others, all. */
function joined(rest: readonly string[], name: string): readonly number[] {
  const isRemote = remotes.includes(name);
  const host = rest.findIndex(
    (arg, n) => !arg.startsWith("-") && !/^-[BbcDEeFIiJLlmOopQRSWw]$/.test(rest[n - 1] ?? ""),
  );
  const from = isRemote ? (host < 0 ? rest.length : host + 1) : 0;
  return rest.flatMap((arg, n) => {
    // ProxyCommand, LocalCommand, RemoteCommand and the like are lines for a shell too.
    const isLine =
      isRemote &&
      /command[= ]/i.test(arg) &&
      [arg, rest[n - 1]].some((each) => each?.startsWith("-o") === true);
    return n >= from || isLine ? [n] : [];
  });
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
