import { clouds } from "#guard/model/launch.ts";

/** What is used of commander's commands. */
export interface CommandTree {
  name(): string;
  readonly options: readonly OptionWords[];
  createHelp(): {
    visibleCommands(command: CommandTree): readonly CommandTree[];
    visibleOptions(command: CommandTree): readonly OptionWords[];
  };
  readonly commands: readonly CommandTree[];
}

interface OptionWords {
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  /** It takes a value. */
  readonly required: boolean;
  readonly optional: boolean;
}

/** Said in place of words: the shell knows the files. */
export const filesWord = ":files";

/** What could stand where the last word is being typed. */
export type Wanted =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | {
      readonly kind: "pods" | "thresholds" | "channels" | "schedules" | "budgets" | "accounts";
      readonly named: readonly string[];
    }
  | { readonly kind: "files" };

export interface Completion {
  readonly wanted: Wanted;
  /** What was typed of it so far. */
  readonly typed: string;
  /** What stands before it in the same word: `--pod=`. */
  readonly before: string;
  /** The config that the words before name, or the account. */
  readonly config: string | undefined;
  readonly account: string | undefined;
}

const takesPods = ["stop", "terminate", "lease", "extend", "touch"];
/** Of these the words after the pod are no pods. */
const takesOnePod = ["lease", "extend", "touch"];
const shells = ["bash", "zsh", "fish"];
const nothing: Wanted = { kind: "words", words: [] };

/** Reads the words after the program's name; the last one, perhaps empty, is the one to complete. */
export function completionOf(words: readonly string[], program: CommandTree): Completion {
  const [current = "", ...before] = joined(words).toReversed();
  const read = readBefore(before.toReversed(), program);
  const [, option = "", typed = ""] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  const valueOf = read.pending ?? option;
  return {
    wanted: valueOf === "" ? wordsAt(read, current, program) : valueFor(valueOf),
    typed: option === "" ? current : typed,
    before: option === "" ? "" : `${option}=`,
    config: read.config,
    account: read.account,
  };
}

interface Read {
  readonly command: CommandTree | undefined;
  readonly operands: readonly string[];
  /** The option whose value comes next. */
  readonly pending: string | undefined;
  readonly config: string | undefined;
  readonly account: string | undefined;
  /** After `--` there are no options. */
  readonly isPlain: boolean;
}

function readBefore(words: readonly string[], program: CommandTree): Read {
  let read: Read = {
    command: undefined,
    operands: [],
    pending: undefined,
    config: undefined,
    account: undefined,
    isPlain: false,
  };
  for (const word of words) read = readWord(read, word, program);
  return read;
}

function readWord(read: Read, word: string, program: CommandTree): Read {
  const { command, operands, pending } = read;
  if (pending !== undefined) return withValue({ ...read, pending: undefined }, pending, word);
  if (!read.isPlain && word === "--") return { ...read, isPlain: true };
  if (!read.isPlain && word.startsWith("-")) {
    const [option = "", value] = word.split(/=(.*)/s);
    if (value !== undefined) return withValue(read, option, value);
    const known = optionsAt(command, program).find(({ short, long }) =>
      [short, long].includes(option),
    );
    return known?.required === true ? { ...read, pending: option } : read;
  }
  const below = (operands.length === 0 ? (command ?? program).commands : []).find(
    (each) => each.name() === word,
  );
  if (below !== undefined) return { ...read, command: below };
  return command === undefined ? read : { ...read, operands: [...operands, word] };
}

function withValue(read: Read, option: string, value: string): Read {
  if (option === "--account") return { ...read, account: value };
  return option === "-c" || option === "--config" ? { ...read, config: value } : read;
}

function wordsAt(
  { command, operands, isPlain }: Read,
  current: string,
  program: CommandTree,
): Wanted {
  if (!isPlain && current.startsWith("-")) {
    const words = optionsAt(command, program).flatMap(({ long }) => long ?? []);
    return { kind: "words", words: [...new Set(words)] };
  }
  const commands: Wanted = {
    kind: "words",
    words: program
      .createHelp()
      .visibleCommands(command ?? program)
      .map((each) => each.name()),
  };
  const name = command?.name();
  if (name === undefined || (command?.commands.length ?? 0) > 0) return commands;
  if (name === "test") return { kind: "channels", named: operands };
  if (name === "drill") return { kind: "thresholds", named: operands };
  if (name === "completion" && operands.length === 0) return { kind: "words", words: shells };
  if (name === "skip" && operands.length === 0) return { kind: "schedules", named: operands };
  if (name === "unfreeze" && operands.length === 0) return { kind: "budgets", named: operands };
  if (!takesPods.includes(name)) return nothing;
  if (takesOnePod.includes(name) && operands.length > 0) return nothing;
  return { kind: "pods", named: operands };
}

function valueFor(option: string): Wanted {
  switch (option) {
    case "--pod":
      return { kind: "pods", named: [] };
    case "--account":
      return { kind: "accounts", named: [] };
    case "--cloud":
      return { kind: "words", words: clouds };
    case "-c":
    case "--config":
    case "--output":
      return { kind: "files" };
    default:
      return nothing;
  }
}

function optionsAt(command: CommandTree | undefined, program: CommandTree): readonly OptionWords[] {
  const help = program.createHelp();
  const own = command === undefined ? [] : help.visibleOptions(command);
  return [...own, ...help.visibleOptions(program)];
}

/** Bash takes `--pod=p1` apart at the equals sign. */
function joined(words: readonly string[]): readonly string[] {
  const at = words.length - 1;
  return words.flatMap((word, n) => {
    const follows = words[n - 1]?.startsWith("--") === true;
    if (word !== "=" || !follows) return [word];
    return n === at ? [""] : [];
  });
}
