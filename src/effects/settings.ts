/** What the config says of how effects are carried out. */
export interface EffectSettings {
  readonly thresholds: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly notifyCommand: readonly string[];
  }[];
  /** For notices that belong to no threshold. */
  readonly notifyCommand: readonly string[];
  readonly notifyTimeoutMs: number;
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
