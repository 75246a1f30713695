import type { EffectSettings } from "#effects/settings.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import type { Log } from "#log.ts";

/** A config with one threshold, an agent that is not Claude Code, and nobody to tell. */
export function effectSettings(overrides: Partial<EffectSettings> = {}): EffectSettings {
  return {
    configPath: "/home/user/config.json",
    thresholds: [{ name: "warning", prompt: "look", notifyCommand: [] }],
    notifyCommand: [],
    notifyTimeoutMs: 30_000,
    channels: [],
    claudeCommand: ["my-agent"],
    claudeTimeoutMs: 300_000,
    agentPermissions: "scoped",
    agentMaxTurns: 30,
    agentMaxBudgetUsd: 2,
    budgets: [],
    guards: { beforeStopCommand: [], beforeStopTimeoutMs: 300_000 },
    protect: [],
    // Its folder does not exist: working folders go where temporary files do.
    stateFile: "/nowhere/state.json",
    dryRun: false,
    ...overrides,
  };
}

const runpodctl: Runpodctl = { kind: "found", version: [2, 15, 0] };

/** What an agent has to end pods with. */
export const agentTools = {
  program: { argv: ["/usr/bin/node", "/opt/cli.js"], folder: undefined },
  runpodctl: () => Promise.resolve(runpodctl),
} as const;

export type Entry = readonly [message: string, fields: Readonly<Record<string, unknown>>];

/** A log, and all that was said in it. */
export function keptLog(): { readonly log: Log; readonly entries: readonly Entry[] } {
  const entries: Entry[] = [];
  const write = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    entries.push([message, fields]);
  };
  return { log: { debug: write, info: write, warn: write, error: write }, entries };
}
