import type { EventName, Notify, Severity } from "#guard/model/effect.ts";
import { severities } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";

/** How much an event matters unless its words say otherwise. */
export function severityOf(event: EventName): Severity {
  switch (event) {
    case "trip":
    case "agent":
    case "warn":
    case "hard_timeout":
    case "lease":
    case "idle":
    case "budget":
    case "schedule":
    case "stopped":
    case "estimate":
    case "burn":
    case "source":
    case "trouble":
      return "warning";
    case "backstop":
    case "zero":
    case "blind":
    case "silent":
      return "critical";
    case "rearm":
    case "sighted":
    case "heard":
    case "on_it":
    case "rehearsal":
    case "billing":
    case "recovered":
    case "brief":
    case "drill":
      return "info";
  }
}

/** The first crossing of several is a warning, unless pods are ended for it; whatever comes after one is critical. */
export function tripSeverity(name: string, { thresholds }: Policy): Severity {
  const isFirst = thresholds.length > 1 && thresholds[0]?.name === name;
  const isBacked = thresholds.some((each) => each.name === name && each.backstop !== undefined);
  return isFirst && !isBacked ? "warning" : "critical";
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

/** Whether it may wait for the end of quiet hours. One that does not say how much it matters may not. */
export function mayWait({ severity }: Pick<Notify, "severity">): boolean {
  return severity === "info" || severity === "warning";
}

/** Whether people have to hear of it by any way that there is. */
export function mustReachSomeone(notice: Pick<Notify, "event" | "severity">): boolean {
  const { event, severity = severityOf(event) } = notice;
  return isAlwaysDue(notice) || severity === "critical";
}

/** What must reach someone, however late: it is tried until it is sent or no longer true. */
export function isAlwaysDue({ event }: Pick<Notify, "event">): boolean {
  return (
    event === "trip" ||
    event === "rearm" ||
    event === "estimate" ||
    event === "backstop" ||
    event === "blind" ||
    event === "sighted" ||
    event === "silent" ||
    event === "heard" ||
    event === "source"
  );
}
