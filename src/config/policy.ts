import type { Policy } from "#guard/model/policy.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Paces } from "#paces.ts";
import { commandFor } from "./command-for.ts";
import type { Settings } from "./settings.ts";

/** Polls further apart than this leave a gap, however short the poll interval. */
const leastGapMs = 3 * minuteMs;

/** The policy that the settings ask for. */
export function policyOf(
  settings: Settings,
  { endRetry, noticeRetry }: Pick<Paces, "endRetry" | "noticeRetry">,
): Policy {
  const { thresholds, claudeCommand, notifyCommand, protect, blindAfterMs } = settings;
  const { budgets, schedules, tripsOnEstimate, foreignPods } = settings;
  return {
    thresholds: thresholds.map(
      ({ name, belowUsd, belowHours, notifyCommand: tells, backstop, remind, tellsResolved }) => ({
        name,
        belowUsd,
        belowHours,
        remind,
        tellsResolved,
        answers: [
          ...(tells.length > 0 ? (["notify"] as const) : []),
          ...(claudeCommand.length > 0 ? (["call-agent"] as const) : []),
        ],
        backstop,
      }),
    ),
    tells: [notifyCommand, ...thresholds.map((each) => each.notifyCommand)].some(
      (command) => command.length > 0,
    ),
    channels: settings.channels.map(({ name, events, minSeverity }) => ({
      name,
      events,
      minSeverity,
    })),
    protect,
    blindAfterMs,
    agentAttempts: settings.claudeAttempts,
    endRetry,
    noticeRetry,
    podGuards: {
      ...settings.guards,
      ...(schedules.length > 0 && { schedules }),
      ...(foreignPods !== undefined && foreignPods !== "guard" && { foreign: foreignPods }),
      gapMs: Math.max(3 * settings.pollIntervalMs, leastGapMs),
      command: commandFor(settings.configPath),
    },
    ...(budgets.length > 0 && { budgets }),
    ...(tripsOnEstimate === true && { tripsOnEstimate }),
  };
}

/** Whether anybody is told of anything, by the notify command or a channel. */
export function isAnyoneTold({ tells, channels }: Pick<Policy, "tells" | "channels">): boolean {
  return tells || channels.length > 0;
}

/** Whether nobody can be told now, as the secrets of all channels are missing. */
export function isMute({
  channels,
  notifyCommand,
  thresholds,
}: Pick<Settings, "channels" | "notifyCommand" | "thresholds">): boolean {
  const hasCommand = [notifyCommand, ...thresholds.map((each) => each.notifyCommand)].some(
    (command) => command.length > 0,
  );
  return (
    !hasCommand &&
    channels.length > 0 &&
    channels.every(({ unreadable }) => unreadable !== undefined)
  );
}
