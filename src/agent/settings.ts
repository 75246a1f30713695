/** What the config says of how agents are called. */
export interface AgentSettings {
  /** Agents are told to name it when they call this program. */
  readonly configPath: string;
  readonly claudeCommand: readonly string[];
  readonly claudeTimeoutMs: number;
  readonly agentPermissions: "scoped" | "inherit";
  readonly agentMaxTurns: number;
  readonly agentMaxBudgetUsd: number;
  readonly protect: readonly string[];
  /** Its folder is ours alone; agents get their working folders there. */
  readonly stateFile: string;
  readonly dryRun: boolean;
}
