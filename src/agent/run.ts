import { dirname } from "node:path";
import type { AgentSettings } from "./settings.ts";
import type { Seen } from "#guard/model/account.ts";
import type { PodGuardName } from "#guard/model/policy.ts";
import type { Log } from "#log.ts";
import type { OwnProgram, Ran, Runner } from "#ports.ts";
import { agentCommand, type AgentCommand } from "./command.ts";
import { withAgentFolder } from "./folder.ts";
import type { Runpodctl } from "./runpodctl.ts";

/** What an agent is called for. */
export interface AgentJob {
  /** The threshold, the budget, or the guard of a pod. */
  readonly name: string;
  readonly belowUsd?: number | undefined;
  readonly belowHours?: number | undefined;
  /** What its environment says it is about. */
  readonly event: "trip" | "drill" | PodGuardName;
  /** A template. */
  readonly prompt: string;
  /** Its threshold deletes pods itself. */
  readonly mayTerminate?: boolean;
  /** Why it is called, where its event does not say it. */
  readonly reason?: string;
  /** The one pod that it is about. */
  readonly pod?: { readonly podId: string; readonly podName: string };
}

export interface RunAgentDeps {
  readonly runner: Runner;
  readonly log: Log;
  readonly settings: AgentSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly program: OwnProgram;
  /** Which runpodctl there is; it was asked for once. */
  readonly runpodctl: () => Promise<Runpodctl>;
}

/** How the agent ended, and whether its output is a result that can be read. */
export interface RanAgent {
  readonly ran: Ran;
  readonly isScoped: boolean;
  /** How many unprotected pods it may not end. */
  readonly withoutRules: number;
}

/** Starts the agent with what it may do and see, and waits for its end. Throws in words what the disk throws. */
export async function runAgent(
  job: AgentJob,
  look: Seen,
  deps: RunAgentDeps,
  signal: AbortSignal,
): Promise<RanAgent> {
  const runpodctl = await deps.runpodctl();
  return withAgentFolder(async (folder) => {
    const agent = buildAgent(job, look, { ...deps, runpodctl }, folder);
    if (agent.podsFileText !== undefined) await folder.writePods(agent.podsFileText);
    if (agent.withoutRules > 0) {
      const pods = agent.withoutRules;
      deps.log.warn(
        { calledFor: job.name, pods },
        "too many pods: the agent may not stop all of them",
      );
    }
    const { isScoped, withoutRules } = agent;
    return { ran: await deps.runner.run(agent.command, signal), isScoped, withoutRules };
  }, dirname(deps.settings.stateFile));
}

type BuildDeps = Pick<RunAgentDeps, "settings" | "env" | "program"> & {
  readonly runpodctl: Runpodctl;
};

/** The command as it would be started. */
export function buildAgent(
  { name, belowUsd, belowHours, event, prompt, mayTerminate = false, reason, pod }: AgentJob,
  look: Seen,
  { settings, env, program, runpodctl }: BuildDeps,
  folders: { readonly cwd: string; readonly podsFile: string },
): AgentCommand {
  return agentCommand({
    claudeCommand: settings.claudeCommand,
    permissions: settings.agentPermissions,
    maxTurns: settings.agentMaxTurns,
    maxBudgetUsd: settings.agentMaxBudgetUsd,
    timeLimitMs: settings.claudeTimeoutMs,
    look,
    protect: settings.protect,
    promptTemplate: prompt,
    values: {
      balanceUsd: look.balanceUsd,
      belowUsd,
      belowHours,
      burnPerHrUsd: look.burnPerHrUsd,
      name,
      ...(reason !== undefined && { reason }),
      ...pod,
    },
    folders,
    tools: { program, configPath: settings.configPath, runpodctl },
    mayTerminate,
    env: {
      RUNPODBOSS_EVENT: event,
      RUNPODBOSS_THRESHOLD: event === "trip" || event === "drill" ? name : "",
    },
    outerEnv: env,
  });
}
