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
  /** Highest first. */
  readonly thresholds: readonly ThresholdSettings[];
  readonly dryRun: boolean;
  readonly runpodUrl: string;
  /** What should be mended though it stops nothing. */
  readonly warnings: readonly string[];
}

interface ThresholdSettings {
  readonly name: string;
  readonly belowUsd: number;
  readonly prompt: string;
  /** Empty: nobody is told. */
  readonly notifyCommand: readonly string[];
}
