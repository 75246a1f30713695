import type { Backstop } from "../guard/model.ts";

/** The config as the program uses it: defaults filled in, paths absolute, times in milliseconds. */
export interface Settings {
  readonly configPath: string;
  readonly apiKey: string;
  readonly pollIntervalMs: number;
  /** Infinity when unbounded. */
  readonly maxRuntimeMs: number;
  readonly stateFile: string;
  readonly logFile: string;
  /** Empty: no agent is called. */
  readonly claudeCommand: readonly string[];
  readonly claudeTimeoutMs: number;
  readonly claudeAttempts: number;
  readonly agentPermissions: "scoped" | "inherit";
  readonly agentMaxTurns: number;
  readonly agentMaxBudgetUsd: number;
  /** For notices that belong to no threshold. Empty: nobody is told. */
  readonly notifyCommand: readonly string[];
  readonly notifyTimeoutMs: number;
  readonly blindAfterMs: number;
  /** Globs; the guard's own pod among them when it runs in one. */
  readonly protect: readonly string[];
  /** Highest first. */
  readonly thresholds: readonly ThresholdSettings[];
  readonly dryRun: boolean;
  readonly runpodUrl: string;
  /** What should be mended though it stops nothing. */
  readonly warnings: readonly string[];
}

export interface ThresholdSettings {
  readonly name: string;
  readonly belowUsd: number;
  readonly prompt: string;
  /** Empty: nobody is told. */
  readonly notifyCommand: readonly string[];
  readonly backstop: Backstop | undefined;
}
