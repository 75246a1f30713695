import { claudeIn } from "./claude-in.ts";

/** A command that sets one of these has permissions of its own; ours would mix with them. */
const permissionOptions: ReadonlySet<string> = new Set([
  "--allowedTools",
  "--allowed-tools",
  "--disallowedTools",
  "--disallowed-tools",
  "--permission-mode",
  "--dangerously-skip-permissions",
  "--allow-dangerously-skip-permissions",
  "--permission-prompt-tool",
  "--tools",
  "--settings",
  "--setting-sources",
]);

/** What a scoped agent may use up. */
export interface AgentLimits {
  readonly maxTurns: number;
  readonly maxBudgetUsd: number;
}

/** Options that take every argument after them, a prompt included, up to the next option. */
const greedyOptions: ReadonlySet<string> = new Set([
  "--allowedTools",
  "--allowed-tools",
  "--disallowedTools",
  "--disallowed-tools",
  "--tools",
  "--add-dir",
  "--mcp-config",
]);

/** The option that would take the prompt for a value of its own; undefined when none would. */
export function optionThatTakesThePrompt(command: readonly string[]): string | undefined {
  const claude = claudeIn(command)?.claude;
  if (claude === undefined || claude.includes("--")) return undefined;
  const last = claude.findLast((part) => part.startsWith("-"));
  return last !== undefined && greedyOptions.has(last) ? last : undefined;
}

export function setsPermissions(command: readonly string[]): boolean {
  return split(claudeIn(command)?.claude ?? command).options.some((option) =>
    permissionOptions.has(nameOf(option)),
  );
}

/**
 * The argv of a Claude Code that may do what the rules allow and nothing else, asks nobody and
 * answers in JSON. What the command itself says of its model, turns or cost holds. Without a prompt
 * it reads one from its standard input.
 */
export function scopedArgv(
  command: readonly string[],
  limits: AgentLimits,
  rules: string,
  prompt: string | undefined,
): readonly string[] {
  const { options, positionals } = split(command);
  const kept = withoutOutputFormat(options);
  const given = new Set(kept.map(nameOf));
  const ours = [
    ["--output-format", "json"],
    ["--tools", "Bash"],
    ["--permission-mode", "dontAsk"],
    ["--setting-sources="],
    ["--strict-mcp-config"],
    ["--no-session-persistence"],
    ["--max-turns", String(limits.maxTurns)],
    ["--max-budget-usd", String(limits.maxBudgetUsd)],
  ].filter(([option = ""]) => !given.has(option));
  const last = prompt === undefined ? positionals : [...positionals, prompt];
  return [
    ...kept,
    ...ours.flat(),
    // One argument: as two, it would take the prompt for another rule.
    `--allowedTools=${rules}`,
    ...(last.length === 0 ? [] : ["--", ...last]),
  ];
}

/** What stands before a `--` of the command's own, and what after it. */
function split(command: readonly string[]) {
  const at = command.indexOf("--");
  return at < 0
    ? { options: command, positionals: [] }
    : { options: command.slice(0, at), positionals: command.slice(at + 1) };
}

/** We read the result, so ours wins; what works with streamed output only goes with it. */
function withoutOutputFormat(options: readonly string[]): readonly string[] {
  return options.filter(
    (option, at) =>
      nameOf(option) !== "--output-format" &&
      options[at - 1] !== "--output-format" &&
      option !== "--include-partial-messages",
  );
}

function nameOf(option: string): string {
  return option.split("=", 1)[0] ?? "";
}
