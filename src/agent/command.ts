import { resolve } from "node:path";
import { type Seen, wholeList } from "#guard/model/account.ts";
import { isPlainId } from "#guard/text.ts";
import type { Command } from "#ports.ts";
import { folderVariable } from "#process/own-program.ts";
import type { Values } from "#template/render.ts";
import { fits, fittedPodsJson, mostInArgument } from "#template/fit.ts";
import { variablesOf } from "#template/variables.ts";
import { claudeIn } from "./claude-in.ts";
import { type AgentLimits, scopedArgv, setsPermissions } from "./claude-options.ts";
import { fittedPrompt, podsFileVariable } from "./prompt.ts";
import { rulesFor } from "./rules.ts";
import { type AgentTools, ownWay, type Way, waysOf } from "./ways.ts";

/** Claude Code refuses 10 MiB. */
const mostOnStdin = 8 * 1024 * 1024;

const mostInVariable = 60_000;

const mostResultBytes = 1024 * 1024;

/** With these set, an agent takes itself for part of another one. */
const sessionVariables = ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID"];

/** Without these it retries for minutes. The user's own values win. */
const impatience: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  CLAUDE_CODE_MAX_RETRIES: "2",
  API_TIMEOUT_MS: "60000",
  DISABLE_AUTOUPDATER: "1",
};

export interface AgentCall extends AgentLimits {
  /** The program and what stands before the prompt. */
  readonly claudeCommand: readonly string[];
  readonly permissions: "scoped" | "inherit";
  readonly timeLimitMs: number;
  readonly look: Pick<Seen, "pods" | "unreadablePods">;
  /** Globs; such pods get no rule. */
  readonly protect: readonly string[];
  readonly promptTemplate: string;
  readonly values: Omit<Values, "podsJson">;
  readonly tools: AgentTools;
  /** Whether it is wanted that this program deletes pods for it. */
  readonly mayTerminate: boolean;
  readonly folders: { readonly cwd: string; readonly podsFile: string };
  /** The effect's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** The environment that the agent will inherit. */
  readonly outerEnv: Readonly<Record<string, string | undefined>>;
}

export interface AgentCommand {
  readonly command: Command;
  /** Its permissions are ours, and so is its output: a result in JSON. */
  readonly isScoped: boolean;
  /** To be written to the pods file before the start; undefined when the prompt has all pods. */
  readonly podsFileText: string | undefined;
  /** How many unprotected pods the agent may not end because the rules have no room for them. */
  readonly withoutRules: number;
}

/** How the agent is started: able to do this job and no more, if it is Claude Code. */
export function agentCommand(call: AgentCall): AgentCommand {
  const found = claudeIn(call.claudeCommand);
  if (found === undefined) return otherProgram(call);
  const agent = claudeCode({ ...call, claudeCommand: found.claude });
  const argv = [...fromAnywhere(found.wrapper), ...agent.command.argv];
  return found.wrapper.length === 0 ? agent : { ...agent, command: { ...agent.command, argv } };
}

function claudeCode(call: AgentCall): AgentCommand {
  const { look, protect, folders, outerEnv } = call;
  const claudeCommand = fromAnywhere(call.claudeCommand);
  const isScoped = call.permissions === "scoped" && !setsPermissions(claudeCommand);
  const ways = waysOf(call.tools, mayTerminate(call));
  const rules = rulesFor(isScoped && look.pods !== "unknown" ? look.pods : [], protect, ways);
  const { prompt, allPods } = fittedPrompt(
    { ...promptParts(call, isScoped ? ways : undefined), withoutRules: rules.withoutRules },
    mostOnStdin,
  );
  const argument = fits(prompt, mostInArgument) ? prompt : undefined;
  const unset = Object.entries(impatience).filter(([name]) => outerEnv[name] === undefined);
  return {
    command: {
      argv: isScoped
        ? scopedArgv(claudeCommand, call, rules.text, argument)
        : plainArgv(claudeCommand, argument),
      env: {
        ...Object.fromEntries(unset),
        ...envOf(call, allPods),
        // It would send away any file that a pod's name points to.
        CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
      },
      unsetEnv: sessionVariables,
      trust: "agent",
      cwd: folders.cwd,
      timeLimitMs: call.timeLimitMs,
      ...(argument === undefined ? { stdin: prompt } : {}),
      ...(isScoped ? { keepStdoutBytes: mostResultBytes } : {}),
    },
    isScoped,
    podsFileText: allPods,
    withoutRules: rules.withoutRules,
  };
}

function otherProgram(call: AgentCall): AgentCommand {
  const { prompt, allPods } = fittedPrompt(promptParts(call, undefined), mostInArgument);
  return {
    command: {
      argv: plainArgv(call.claudeCommand, prompt),
      env: envOf(call, allPods),
      unsetEnv: sessionVariables,
      trust: "agent",
      timeLimitMs: call.timeLimitMs,
    },
    isScoped: false,
    podsFileText: allPods,
    withoutRules: 0,
  };
}

/** That a prompt names the command says that it is wanted. */
function mayTerminate({ mayTerminate: isWanted, promptTemplate }: AgentCall): boolean {
  return isWanted || promptTemplate.includes("{terminate_command}");
}

/** `ways`: those of a scoped agent. Any other has what it has; ours needs nothing. */
function promptParts(call: AgentCall, ways: readonly Way[] | undefined) {
  const { promptTemplate: template, values, look, protect, tools } = call;
  const commands = commandsFor(ways?.[0] ?? ownWay(tools), values.podId);
  return {
    template,
    values: { ...values, ...commands, quotesNames: true },
    pods: wholeList(look),
    protect,
    ways,
  };
}

/** What a prompt can say to type, for its pod or with `ID` for any. */
function commandsFor({ looks, stops, terminates }: Way, podId: string | undefined) {
  const id = podId !== undefined && isPlainId(podId) ? podId : "ID";
  return {
    lookCommand: looks[0] ?? "",
    stopCommand: stops[0]?.(id) ?? "",
    terminateCommand: terminates[0]?.(id) ?? "",
  };
}

/** A command that names no program must not make one of the prompt. */
function plainArgv([program = "", ...rest]: readonly string[], prompt: string | undefined) {
  return prompt === undefined ? [program, ...rest] : [program, ...rest, prompt];
}

/** A program's relative path is meant from where we are, not from the folder it will run in. */
function fromAnywhere([program = "", ...rest]: readonly string[]): readonly string[] {
  return [program.includes("/") ? resolve(program) : program, ...rest];
}

function envOf(
  { env, values, look, protect, folders, tools }: AgentCall,
  allPods: string | undefined,
) {
  const podsJson = fittedPodsJson(wholeList(look), protect, mostInVariable);
  const { folder } = tools.program;
  const all = {
    ...variablesOf({ ...values, podsJson }),
    ...env,
    // It works in another folder.
    ...(folder !== undefined && { [folderVariable]: folder }),
  };
  return allPods === undefined ? all : { ...all, [podsFileVariable]: folders.podsFile };
}
