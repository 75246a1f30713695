import { dirname } from "node:path";
import type { Seen } from "../guard/model.ts";
import { balanceWords } from "../guard/notice.ts";
import type { Log } from "../log.ts";
import type { Ran, Runner } from "../ports.ts";
import { agentCommand, type AgentCommand } from "./agent-command.ts";
import { withAgentFolder } from "./agent-folder.ts";
import type { EffectSettings } from "./settings.ts";

/** What an agent is called for. */
export interface AgentJob {
  readonly threshold: string;
  readonly belowUsd: number;
  /** What its environment says it is about. */
  readonly event: "trip" | "drill";
  /** Stands before the threshold's own prompt. */
  readonly preface: string;
}

export interface RunAgentDeps {
  readonly runner: Runner;
  readonly log: Log;
  readonly settings: EffectSettings;
  readonly env: NodeJS.ProcessEnv;
}

/** How the agent ended, and whether its output is a result that can be read. */
export interface RanAgent {
  readonly ran: Ran;
  readonly isScoped: boolean;
}

/** Starts the agent with what it may do and see, and waits for its end. Throws in words what the disk throws. */
export async function runAgent(
  job: AgentJob,
  look: Seen,
  deps: RunAgentDeps,
  signal: AbortSignal,
): Promise<RanAgent> {
  return withAgentFolder(async (folder) => {
    const agent = buildAgent(job, look, deps, folder);
    if (agent.podsFileText !== undefined) await folder.writePods(agent.podsFileText);
    if (agent.withoutRules > 0) {
      const pods = agent.withoutRules;
      deps.log.warn(
        { threshold: job.threshold, pods },
        "too many pods: the agent may not end these",
      );
    }
    return { ran: await deps.runner.run(agent.command, signal), isScoped: agent.isScoped };
  }, dirname(deps.settings.stateFile));
}

/** The command as it would be started. */
export function buildAgent(
  { threshold: name, belowUsd, event, preface }: AgentJob,
  look: Seen,
  { settings, env }: Pick<RunAgentDeps, "settings" | "env">,
  folders: { readonly cwd: string; readonly podsFile: string },
): AgentCommand {
  const threshold = settings.thresholds.find((each) => each.name === name);
  return agentCommand({
    claudeCommand: settings.claudeCommand,
    permissions: settings.agentPermissions,
    maxTurns: settings.agentMaxTurns,
    maxBudgetUsd: settings.agentMaxBudgetUsd,
    timeLimitMs: settings.claudeTimeoutMs,
    look,
    protect: settings.protect,
    promptTemplate: `${preface}${threshold?.prompt ?? ""}`,
    values: { balanceUsd: look.balanceUsd, belowUsd, name },
    folders,
    env: {
      RUNPODBOSS_EVENT: event,
      RUNPODBOSS_THRESHOLD: name,
      RUNPODBOSS_BALANCE_USD: balanceWords(look.balanceUsd),
    },
    outerEnv: env,
  });
}
