import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { spanWords } from "#guard/text.ts";
import type { GuardSettings, Settings } from "#config/settings.ts";
import { notifyPrograms, programWarning } from "#commands/missing-programs.ts";
import { optionThatTakesThePrompt, setsPermissions } from "#agent/claude-options.ts";
import type { AgentTools } from "#agent/ways.ts";
import { pythonWatcherWarning } from "#process/python-watchers.ts";
import { sharedFolderWarnings } from "#store/shared-folder.ts";
import type { Runner } from "#ports.ts";
import { render, someCommands } from "#template/render.ts";
import { agentWarnings } from "./agent-rows.ts";
import { commandsOf, commandWarnings } from "./command-words.ts";
import { aheadWarnings } from "./preflight-ahead.ts";
import { guardWarnings } from "./preflight-guards.ts";

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly runner: Runner;
  /** What an agent would end pods with. */
  readonly tools: AgentTools;
  readonly nowMs: number;
  readonly interrupted: AbortSignal;
}

/** What is wrong with programs and folders, and would otherwise show only when they are needed. */
export async function preflight(
  settings: Settings,
  { env, runner, tools, nowMs, interrupted: signal }: Surroundings,
): Promise<readonly string[]> {
  const found = await Promise.all([
    settings.claudeCommand.length === 0
      ? "claude_command: empty, so no agent is called"
      : programWarning("claude_command", settings.claudeCommand[0] ?? "", env),
    ...notifyPrograms(settings).map((program) =>
      programWarning("extra_notify_command", program, env),
    ),
    ...guardPrograms(settings.guards).map(([where, program]) =>
      programWarning(where, program, env),
    ),
    writeWarning("state_file", settings.stateFile),
    writeWarning("log_file", settings.logFile),
    ...sharedFolderWarnings(settings),
  ]);
  const said = [...found, promptWarning(settings.claudeCommand), await pythonWatcherWarning()];
  return [
    ...said.filter((each) => each !== undefined),
    ...modeWarnings(settings),
    ...toldWarnings(settings),
    ...(await agentWarnings({ settings, runner, env, tools, nowMs, signal })),
    ...commandsOf(settings).flatMap(commandWarnings),
    ...placeholderWarnings(settings),
    ...guardWarnings(settings),
    ...aheadWarnings(settings),
  ];
}

/** Ways to run the daemon in which it does not guard, or not for long. */
function modeWarnings({ dryRun, maxRuntimeMs }: Settings): readonly string[] {
  return [
    ...(dryRun
      ? ["dry_run: is true, so nobody is told, no agent is called and no pod is stopped"]
      : []),
    ...(maxRuntimeMs === Infinity
      ? []
      : [
          `max_runtime_seconds: the daemon ends by itself after ${spanWords(maxRuntimeMs)}, and then nothing is guarded`,
        ]),
  ];
}

/** What nobody would hear of, however well all of it works. */
function toldWarnings({ channels, notifyCommand, thresholds }: Settings): readonly string[] {
  const hasCommand = [{ notifyCommand }, ...thresholds].some(
    (each) => each.notifyCommand.length > 0,
  );
  // Where there is nobody at all, every row of tonight says so.
  return !hasCommand &&
    channels.length > 0 &&
    channels.every(({ minSeverity }) => minSeverity === "critical")
    ? [
        "notify: every channel is told only of what is critical, so nobody is told before a guard stops a pod",
      ]
    : [];
}

/** What the guards of single pods run, and where the config says so. */
function guardPrograms({ idle, beforeStopCommand }: GuardSettings): readonly [string, string][] {
  const named = [
    { where: "guards.idle.activity_command", command: idle?.activityCommand ?? [] },
    { where: "guards.before_stop_command", command: beforeStopCommand },
  ];
  return named.flatMap(({ where, command }) =>
    command.slice(0, 1).map((program): [string, string] => [where, program]),
  );
}

/** Only a command with its own permissions runs as written; scoped calls are safe from this. */
function promptWarning(command: readonly string[]): string | undefined {
  const option = optionThatTakesThePrompt(command);
  return option === undefined || !setsPermissions(command)
    ? undefined
    : `claude_command: ${option} would take the prompt as one of its values; end the list with "--"`;
}

/**
 * The folder is made when it is missing, so what counts is the nearest one that exists. A file that
 * is there needs its folder as well: the state is renamed into place, the log is rotated.
 */
async function writeWarning(where: string, path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await findingAt(at, at === path);
    if (found === "missing" || found === "needs its folder") continue;
    return found === "fine" ? undefined : `${where}: ${at} ${found}`;
  }
}

async function findingAt(at: string, isFile: boolean): Promise<string> {
  try {
    const is = await stat(at);
    if (is.isDirectory() === isFile) {
      return isFile ? "is a folder, not a file" : "is a file, not a folder";
    }
    await access(at, constants.W_OK);
    return is.isFile() ? "needs its folder" : "fine";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" && dirname(at) !== at ? "missing" : "is not writable";
  }
}

/** Of the notify command that thresholds share it is said once. */
function placeholderWarnings({ notifyCommand, thresholds }: Settings): readonly string[] {
  const ofPrompts = { balanceUsd: 0, belowUsd: 0, name: "", podsJson: "" };
  const ofNotices = { ...ofPrompts, message: "", podId: "", podName: "" };
  const unknownIn = (command: readonly string[]) =>
    command.flatMap((template) => render(template, ofNotices).unknown);
  const isShared = (command: readonly string[]) =>
    JSON.stringify(command) === JSON.stringify(notifyCommand);
  const rows = [
    { where: "extra_notify_command", unknown: unknownIn(notifyCommand) },
    ...thresholds.map(({ name, prompt, notifyCommand: command }) => ({
      where: `threshold ${name}`,
      unknown: [
        ...render(prompt, { ...ofPrompts, ...someCommands }).unknown,
        ...(isShared(command) ? [] : unknownIn(command)),
      ],
    })),
  ];
  return rows.flatMap(({ where, unknown }) =>
    [...new Set(unknown)].map(
      (each) => `${where}: ${each} is not a placeholder and stays as written`,
    ),
  );
}
