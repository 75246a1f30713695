import { type EventName, type Severity, severities } from "#guard/model/effect.ts";
import type { ChannelFile } from "./notify-schema.ts";

/** What the events come to at most that never come to `critical`. */
const atMost: Partial<Record<EventName, Severity>> = {
  rearm: "info",
  sighted: "info",
  heard: "info",
  recovered: "info",
  rehearsal: "info",
  billing: "info",
  brief: "info",
  warn: "warning",
  source: "warning",
};

/** What of a channel can be used, and is hardly meant. */
export function channelWarnings(file: ChannelFile, where: string): readonly string[] {
  const { events, min_severity, quiet_hours, timezone } = file;
  const letsNothingThrough =
    events?.every((event) => rank(atMost[event] ?? "critical") < rank(min_severity)) === true;
  return [
    ...(letsNothingThrough
      ? [
          `${where}: nothing gets through to it: none of its events is ever as severe as min_severity "${min_severity}". Change one of the two`,
        ]
      : []),
    ...(quiet_hours !== undefined && min_severity === "critical"
      ? [`${where}.quiet_hours: has no effect, as only what is critical is sent`]
      : []),
    ...(timezone !== undefined && quiet_hours === undefined
      ? [`${where}.timezone: has no effect without quiet_hours`]
      : []),
  ];
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
