import type { IdleGuard } from "../guard/model.ts";

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
  readonly guards: {
    readonly hardTimeout?: { readonly prompt: string } | undefined;
    readonly lease?: { readonly prompt: string } | undefined;
    readonly idle?: (IdleGuard & { readonly prompt: string }) | undefined;
    /** Empty: none. */
    readonly beforeStopCommand: readonly string[];
    readonly beforeStopTimeoutMs: number;
  };
  readonly protect: readonly string[];
  /** Its folder is ours alone; agents get their working folders there. */
  readonly stateFile: string;
  readonly dryRun: boolean;
}
