import { crossedAtUsd } from "#guard/account/lines/line.ts";
import { agentCommandWarnings } from "#agent/command-warnings.ts";
import { claudeIn } from "#agent/claude-in.ts";
import { mentionsClaude } from "#agent/lost-prompt.ts";
import { readResult, verdictOf } from "#agent/result.ts";
import { runAgent } from "#agent/run.ts";
import { toolWarnings } from "#agent/tool-warnings.ts";
import { type AgentTools, waysOf } from "#agent/ways.ts";
import { commandsOf, commandWarnings } from "#commands/check/command-words.ts";
import { agentToolsFor } from "./agent-tools.ts";
import { drillChannels } from "./drill-channels.ts";
import { rememberTested, saveLimitMs } from "./notify/remember-tested.ts";
import { runnerFor } from "./runner-for.ts";
import { createClock } from "#clock.ts";
import { escapeHidden, oneLine, printable } from "#control-characters.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings, ThresholdSettings } from "#config/settings.ts";
import { callsOf, noticeCommand } from "#effects/notice-command.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Outcome } from "#guard/model/effect.ts";
import type { Log } from "#log.ts";
import { drillNotice, madeUpBurnPerHrUsd, madeUpLook } from "#operations/made-up.ts";
import { record } from "#operations/record.ts";
import type { Clock } from "#ports.ts";
import { ranOutcome } from "#process/outcome.ts";
import { noteGoodDrill } from "#store/drill-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { withinLimit } from "#within-limit.ts";

export interface DrillOptions extends GlobalOptions {
  readonly agent: boolean;
}

const preface = `THIS IS A DRILL of the guard of a RunPod account. The balance and the pods below are made up, and no
pod has such an id. Do what the rest asks as if it were real, with the commands you may use; they will
answer that there is no such pod. Then say in a few lines what you did.

`;

/** Runs the notify commands and agents as the daemon would, on made-up pods. Gives the exit code. */
export async function drill(
  names: readonly string[],
  options: DrillOptions,
  context: Context,
): Promise<number> {
  const settings = {
    ...(await loadConfig(options.config, context.env, context.paces)),
    dryRun: false,
  };
  context.hide(settings.secrets);
  const thresholds = chosen(names, settings);
  const clock = createClock();
  const runner = runnerFor(settings, context);
  const log = printingLog(context.print);
  const tools = options.agent
    ? await agentToolsFor(settings, context, { runner, clock })
    : undefined;
  const { env, program } = context;
  const runpodctl = () => Promise.resolve(tools?.runpodctl ?? ({ kind: "missing" } as const));
  const deps = { runner, settings, env, log, program, runpodctl };
  const outcomes: (Outcome | "interrupted")[] = [];
  const channels = drillChannels(settings, policyOf(settings, context.paces), clock);

  const rehearse = async (what: string, run: () => Promise<Outcome | "interrupted">) => {
    context.print(`${what} ...`);
    const outcome = await run();
    outcomes.push(outcome);
    context.print(resultLines(outcome));
  };

  for (const words of tools ? warningsOf(tools, settings) : []) warn(words, context);
  for (const words of commandsOf(settings).flatMap(commandWarnings)) warn(words, context);
  for (const threshold of thresholds) {
    if (context.interrupted.aborted) break;
    const look = madeUpLook(
      (crossedAtUsd(threshold, madeUpBurnPerHrUsd) ?? 0) * 0.98,
      clock.nowMs(),
    );
    const notice = drillNotice(threshold, channels.severityOf(threshold), look);
    for (const pod of callsOf(notice, look, settings)) {
      const command = noticeCommand(notice, look, settings, clock.nowMs(), pod);
      if (command === undefined) {
        if (settings.channels.length === 0) {
          context.print(`${threshold.name}: no notify command is configured`);
        }
        continue;
      }
      await rehearse(`${threshold.name}: notify command ${command.argv[0]}`, async () =>
        ranOutcome(await runner.run(command, context.interrupted), command.timeLimitMs),
      );
    }
    for (const { name, whyNot, send, note } of channels.of(notice)) {
      const what = `${threshold.name}: channel ${name}`;
      if (whyNot !== undefined) {
        context.print(`${what} is not told: ${whyNot}`);
        continue;
      }
      await rehearse(what, () => send(look, context.interrupted));
      if (note !== undefined) context.print(`  note: ${note}`);
    }
    if (options.agent && settings.claudeCommand.length > 0) {
      await rehearse(`${threshold.name}: agent ${settings.claudeCommand[0]}`, () =>
        rehearseAgent(threshold, look, deps, context.interrupted),
      );
    }
  }

  if (context.interrupted.aborted) return exitCodes.interrupted;
  const bad = outcomes.filter((each) => each === "interrupted" || each.kind === "failed").length;
  if (outcomes.length === 0) {
    throw new UserError(
      "There is nothing to test: the config has no channel, no notify command and no agent for it.",
      {
        hint: "Set notify or claude_command in the config.",
      },
    );
  }
  const because = bad > 0 ? `${bad} of ${outcomes.length} failed` : `all ${outcomes.length} worked`;
  const error = bad > 0 ? new UserError(`${bad} of ${outcomes.length} failed.`) : undefined;
  // Said before it is saved: a hung disk holds up no last word.
  if (error !== undefined) context.sayWhy(error);
  else context.print(`All ${outcomes.length} worked.`);
  for (const trouble of await recorded(because, settings, clock)) warn(trouble, context);
  await rememberTested(channels.worked(), settings, context, clock);
  if (error !== undefined) throw error;
  if (options.agent && names.length === 0) await remember(settings, clock);
  return exitCodes.done;
}

async function recorded(
  because: string,
  settings: Settings,
  clock: Clock,
): Promise<readonly string[]> {
  try {
    const recording = record({ type: "drill", atMs: Date.now(), because }, settings);
    return await withinLimit(recording, saveLimitMs, clock);
  } catch (error) {
    return [`the history could not be written: ${wordsOf(error)}`];
  }
}

function warningsOf(tools: AgentTools, { claudeCommand, agentPermissions }: Settings) {
  const isUsed = claudeIn(claudeCommand) !== undefined;
  return isUsed ? toolWarnings(tools, agentPermissions, Date.now()) : [];
}

async function remember({ stateFile }: Settings, clock: Clock): Promise<void> {
  try {
    await withinLimit(noteGoodDrill(stateFile, new Date()), saveLimitMs, clock);
  } catch (error) {
    throw new UserError(
      `All worked, but the drill could not be saved beside the state file: ${wordsOf(error)}.`,
      {
        hint: "Let this user write to the folder of state_file, or set state_file to another path.",
        cause: error,
      },
    );
  }
}

async function rehearseAgent(
  { name, belowUsd, belowHours, prompt }: ThresholdSettings,
  look: Seen,
  deps: Parameters<typeof runAgent>[2],
  signal: AbortSignal,
): Promise<Outcome | "interrupted"> {
  const { claudeCommand, agentPermissions } = deps.settings;
  const { lostPrompt, unscoped } = agentCommandWarnings(claudeCommand, agentPermissions);
  if (unscoped !== undefined) deps.log.warn({ because: unscoped }, "agent without limits");
  if (lostPrompt !== undefined) {
    // Another agent may do without; a claude has nothing else to go by.
    if (mentionsClaude(claudeCommand)) return { kind: "failed", because: lostPrompt, tail: "" };
    deps.log.warn({ because: lostPrompt }, "agent without its prompt");
  }
  const job = {
    name,
    belowUsd,
    belowHours,
    event: "drill",
    prompt: `${preface}${prompt}`,
  } as const;
  const programs = await programsOf(deps);
  try {
    const { ran, isScoped } = await runAgent(job, look, deps, signal);
    if (!isScoped || ran.kind !== "exited") return ranOutcome(ran, deps.settings.claudeTimeoutMs);
    const result = readResult(ran.stdout);
    const refused =
      result.kind === "readable"
        ? result.denials.filter(({ command }) =>
            programs.some((start) => command.startsWith(start)),
          )
        : [];
    // No pod can stop in a drill: what counts is whether the agent was allowed to do its job.
    const verdict = verdictOf(ran, result, true);
    if (verdict.kind === "failed" || refused.length === 0) return verdict;
    const commands = refused.map(({ command }) => command).join("; ");
    return { ...verdict, kind: "failed", because: `it was refused these commands: ${commands}` };
  } catch (error) {
    return { kind: "failed", because: wordsOf(error), tail: "" };
  }
}

/** How the commands begin that an agent is there to run. */
async function programsOf({ program, settings, runpodctl }: Parameters<typeof runAgent>[2]) {
  const tools = { program, configPath: settings.configPath, runpodctl: await runpodctl() };
  const looks = waysOf(tools, false).flatMap((way) => way.looks);
  return ["runpodctl", ...looks.map((look) => look.split(" status ")[0] ?? look)];
}

function chosen(names: readonly string[], settings: Settings): readonly ThresholdSettings[] {
  const known = settings.thresholds.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`There is no threshold ${unknown.join(", ")}.`, {
      hint: `The config has: ${known.join(", ")}.`,
    });
  }
  return settings.thresholds.filter(({ name }) => names.length === 0 || names.includes(name));
}

function resultLines(outcome: Outcome | "interrupted"): string {
  if (outcome === "interrupted") return "  interrupted";
  const words = outcome.kind === "done" ? "worked" : "FAILED";
  const answer = printable(outcome.tail).trim();
  const quoted = answer === "" ? [] : answer.split("\n").map((line) => `  | ${line}`);
  return [`  ${words}: ${oneLine(outcome.because)}`, ...quoted].join("\n");
}

function printingLog(print: Context["print"]): Log {
  const tell = (fields: object, message: string): void => {
    print(`  ${message}: ${escapeHidden(JSON.stringify(fields))}`);
  };
  const ignore = (): void => undefined;
  return { debug: ignore, info: ignore, warn: tell, error: tell };
}
