import { join } from "node:path";
import type { Simulator } from "#simulator/server.ts";
import type { OverspendFault } from "./overspend-faults.ts";
import { agentCommand, writeProgram } from "./programs.ts";
import { apiKey, settingsFrom } from "./scenario-settings.ts";

export const pollMs = 60_000;
export const backstopMs = 120_000;
/** The goal: the overspend is at most what burns in this time. */
export const goalMs = pollMs + backstopMs + 30_000;

export interface Scenario {
  readonly fault: OverspendFault;
  readonly burnPerHrUsd: number;
  /** From the first look to the crossing: where in the poll interval it falls. */
  readonly leadMs: number;
  readonly speed: number;
  /** What the balance does; `crosses` unless given. */
  readonly course?: "crosses" | "stays above" | "is topped up";
}

/** $0 is far enough away that it ends nothing before the guard does. */
export function lineUsd(burnPerHrUsd: number): number {
  return Math.max(0.5, burnPerHrUsd / 6);
}

/** So far above the line that no poll of a scenario comes near it. */
export function plentyUsd({ burnPerHrUsd }: Scenario): number {
  return 3 * lineUsd(burnPerHrUsd);
}

export function podsOf({ burnPerHrUsd }: Scenario) {
  return [
    { id: "keep-1", name: "database", costPerHrUsd: 0.02 * burnPerHrUsd },
    { id: "spot-1", name: "trainer", costPerHrUsd: 0.6 * burnPerHrUsd },
    { id: "vol-1", name: "notebook", costPerHrUsd: 0.38 * burnPerHrUsd, networkVolumeId: "v1" },
  ];
}

export const unprotected = ["spot-1", "vol-1"] as const;

export async function settingsOf(
  { fault, burnPerHrUsd, course }: Scenario,
  folder: string,
  { url, restUrl }: Pick<Simulator, "url" | "restUrl">,
) {
  const line = lineUsd(burnPerHrUsd);
  const isControl = course === "stays above";
  const notify = fault.notifyHangs
    ? "exec sleep 3600"
    : `echo "$RUNPODBOSS_EVENT" >> '${join(folder, "told")}'`;
  return settingsFrom(folder, {
    runpod_url: url,
    // Where it is not set, only GraphQL is asked.
    ...(fault.graphqlRetires && { api: "auto", rest_url: restUrl }),
    poll_interval_seconds: pollMs / 1000,
    claude_command: agentCommand(folder, fault.agent ?? "lying", {
      url,
      apiKey,
      podIds: unprotected,
    }),
    extra_notify_command: [writeProgram(folder, "notify", notify)],
    protect: ["keep-*"],
    thresholds: [
      // Below the first line only: called and told, never stopped.
      ...(isControl ? [{ name: "warning", below_usd: line * 100, prompt: "look" }] : []),
      {
        name: "emergency",
        below_usd: line,
        prompt: "stop all of {pods_json}",
        backstop: { action: "stop", after_seconds: backstopMs / 1000 },
      },
    ],
  });
}
