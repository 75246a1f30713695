import { basename } from "node:path";
import type { Settings } from "#config/settings.ts";

/** A command of the config, and the key that names it. */
export interface NamedCommand {
  readonly where: string;
  readonly command: readonly string[];
}

/** Every command of the config, once: thresholds mostly share the notify command. */
export function commandsOf(settings: Settings): readonly NamedCommand[] {
  const { claudeCommand, notifyCommand, thresholds, guards } = settings;
  const named = [
    { where: "claude_command", command: claudeCommand },
    { where: "extra_notify_command", command: notifyCommand },
    ...thresholds.map(({ name, notifyCommand: command }) => ({
      where: `threshold ${name}: extra_notify_command`,
      command,
    })),
    { where: "guards.idle.activity_command", command: guards.idle?.activityCommand ?? [] },
    { where: "guards.before_stop_command", command: guards.beforeStopCommand },
  ];
  const known = new Set<string>();
  return named.filter(({ command }) => {
    const text = JSON.stringify(command);
    const isNew = command.length > 0 && !known.has(text);
    known.add(text);
    return isNew;
  });
}

/** What stands in a command and does not mean there what it means in a shell, or hides a failure. */
export function commandWarnings({ where, command }: NamedCommand): readonly string[] {
  const what = [
    ...(callsCurlWithoutFail(command)
      ? ["curl without --fail calls an error page a success; add --fail"]
      : []),
    ...tildes(command).map(
      (argument) =>
        `${shown(argument)} is passed as it stands, as ~ is a shell's; write the whole path`,
    ),
    ...variables(command).map(
      (argument) =>
        `${shown(argument)} is passed as it stands, as no shell fills in variables; use a placeholder, or a shell with a script`,
    ),
  ];
  return what.map((each) => `${where}: ${each}`);
}

const longestShown = 60;

function shown(argument: string): string {
  const text = argument.length > longestShown ? `${argument.slice(0, longestShown)}…` : argument;
  return JSON.stringify(text);
}

/** Only the program's own path is ours to expand. */
function tildes([, ...rest]: readonly string[]): readonly string[] {
  return rest.filter((argument) => /^(?:-[\w-]*=|@)?~\//.test(argument));
}

/** In no shell's script: there they are filled in. */
function variables(command: readonly string[]): readonly string[] {
  if (command.some((part) => isShell(part))) return [];
  return command
    .slice(1)
    .filter((argument) =>
      /\$\{?(?:HOME|USER|PWD|RUNPOD_API_KEY|RUNPODBOSS_[A-Z_]+)\b/.test(argument),
    );
}

function isShell(part: string): boolean {
  return /^(?:ba|da|z|k|a|fi)?sh$/.test(basename(part));
}

/** Options of curl's with a value of their own, in one letter. */
const withValue = "AbcCdDeEFHKmoPQrtTuUwxXyYz";

function callsCurlWithoutFail(command: readonly string[]): boolean {
  const at = command.findIndex((part) => basename(part) === "curl");
  if (at >= 0) return !command.slice(at + 1).some(isFail);
  const script = command.find((part, n) => n > 0 && /(?:^|[\s;&|(])curl\s/.test(part));
  return (
    script !== undefined &&
    command.some((part) => isShell(part)) &&
    !script.split(/\s+/).some(isFail)
  );
}

/** `--fail`, `--fail-with-body`, or an `f` among options in one letter. */
function isFail(argument: string): boolean {
  if (argument.startsWith("--")) return /^--fail(?:-with-body)?$/.test(argument);
  if (!argument.startsWith("-")) return false;
  for (const letter of argument.slice(1)) {
    if (letter === "f") return true;
    if (withValue.includes(letter)) return false;
  }
  return false;
}
