import { claudeIn } from "#agent/claude-in.ts";
import { askRunpodctl } from "#agent/runpodctl.ts";
import type { AgentTools } from "#agent/ways.ts";
import type { Settings } from "#config/settings.ts";
import type { Clock, Runner } from "#ports.ts";
import type { Context } from "#terminal/context.ts";

/** What an agent would end pods with; runpodctl is asked once, and only where a Claude Code could use it. */
export async function agentToolsFor(
  { claudeCommand, configPath }: Settings,
  { env, program, interrupted }: Pick<Context, "env" | "program" | "interrupted">,
  deps: { readonly runner: Runner; readonly clock: Clock },
): Promise<AgentTools> {
  const isUsed = claudeIn(claudeCommand) !== undefined;
  const runpodctl = isUsed ? await askRunpodctl({ ...deps, env }, interrupted) : undefined;
  return { program, configPath, runpodctl: runpodctl ?? { kind: "missing" } };
}
