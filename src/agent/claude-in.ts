import { basename } from "node:path";

/** A command that starts Claude Code: what stands before it, and its own part. */
export interface ClaudeIn {
  /** Empty when it is started directly. */
  readonly wrapper: readonly string[];
  readonly claude: readonly string[];
}

/** How a wrapper's own arguments end. */
interface Wrapper {
  /** Options that take the argument after them. */
  readonly withValue: readonly string[];
  readonly flags: readonly string[];
  /** How many arguments that are no options come before the program. */
  readonly positionals: number;
}

const noArguments: Wrapper = { withValue: [], flags: [], positionals: 0 };

const nodeRunner: Wrapper = {
  withValue: ["-p", "--package"],
  flags: ["-y", "--yes", "--no", "-q", "--quiet", "--no-install"],
  positionals: 0,
};

/** Those that hand on every argument, the environment and the working folder as they got them. */
const wrappers: Readonly<Record<string, Wrapper>> = {
  env: { withValue: ["-u", "--unset"], flags: [], positionals: 0 },
  timeout: {
    withValue: ["-k", "--kill-after", "-s", "--signal"],
    flags: ["--foreground", "--preserve-status", "-v", "--verbose"],
    positionals: 1,
  },
  nice: { withValue: ["-n", "--adjustment"], flags: [], positionals: 0 },
  ionice: { withValue: ["-c", "--class", "-n", "--classdata"], flags: ["-t"], positionals: 0 },
  stdbuf: { withValue: ["-i", "-o", "-e"], flags: [], positionals: 0 },
  nohup: noArguments,
  setsid: { withValue: [], flags: ["-w", "--wait"], positionals: 0 },
  npx: nodeRunner,
  bunx: nodeRunner,
};

const packageName = /^@anthropic-ai\/claude-code(@[\w.^~-]+)?$/;

/**
 * Where Claude Code stands in a command, directly or behind wrappers that are known to hand on what
 * they get; undefined when it is another program, or behind anything else.
 */
export function claudeIn(command: readonly string[]): ClaudeIn | undefined {
  const [program = "", ...rest] = command;
  if (basename(program) === "claude") return { wrapper: [], claude: command };
  const wrapper = own(basename(program));
  const length = wrapper && ownLength(rest, wrapper, basename(program) === "env");
  if (length === undefined) return undefined;
  const before = [program, ...rest.slice(0, length)];
  const inner = rest.slice(length);
  const isPackage = wrapper === nodeRunner && packageName.test(inner[0] ?? "");
  if (isPackage) return { wrapper: before, claude: inner };
  const found = claudeIn(inner);
  return found && { wrapper: [...before, ...found.wrapper], claude: found.claude };
}

function own(name: string): Wrapper | undefined {
  return Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
}

/** How many arguments are the wrapper's own; undefined when one of them is not known. */
function ownLength(
  args: readonly string[],
  { withValue, flags, positionals }: Wrapper,
  takesAssignments: boolean,
): number | undefined {
  let at = 0;
  let left = positionals;
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (withValue.includes(arg)) at += 1;
    else if (flags.includes(arg) || hasItsValue(arg, withValue)) continue;
    else if (arg.startsWith("-")) return undefined;
    else if (takesAssignments && /^\w+=/.test(arg)) continue;
    else if (left > 0) left -= 1;
    else break;
  }
  return at < args.length ? at : undefined;
}

/** `--signal=KILL`, `-n10`. */
function hasItsValue(arg: string, withValue: readonly string[]): boolean {
  return withValue.some((option) =>
    option.startsWith("--") ? arg.startsWith(`${option}=`) : arg.startsWith(option),
  );
}
