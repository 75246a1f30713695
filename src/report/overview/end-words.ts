import type { Policy } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { startedElsewhere } from "#guard/pods/rules/foreign.ts";
import { plainNumber } from "#guard/text.ts";
import type { PodEnd, PodReport } from "#report/pod.ts";

/** What will happen to the pod at its end, or why nothing will; undefined where it does not run. */
export function endWords(
  { end, heldBy, uptimeMs, guardedAs }: PodReport,
  { podGuards }: Policy,
  isDryRun = false,
): string | undefined {
  if (uptimeMs === "none") return undefined;
  if (end === "unknown") return "when it ends is unknown";
  if (end !== "none")
    return `${isDryRun ? "would be " : ""}${endedWord(end)} ${causeWords(end, podGuards)}`;
  switch (heldBy) {
    case "protected":
      return "nothing ends it: it is protected";
    case "locked":
      return "nothing ends it: it is locked";
    case "unknown":
      return "nothing ends it: what decides whether it may be ended is unknown";
    case undefined:
      return `no guard ends it${leftWords(guardedAs)}`;
  }
}

/** What is not known now is not said. */
function leftWords(as: PodReport["guardedAs"]): string {
  return as === "notify" || as === "ignore" ? `: ${startedElsewhere}` : "";
}

function endedWord({ action }: Pick<PodEnd, "action">): string {
  return action === "stop" ? "stopped" : "terminated";
}

function causeWords({ guard }: PodEnd, { hardTimeout }: Policy["podGuards"]): string {
  switch (guard) {
    case "hard_timeout":
      return hardTimeout === undefined
        ? "by its hard timeout"
        : `by the hard timeout after ${plainNumber(hardTimeout.afterMs / hourMs)} h`;
    case "lease":
      return "at the end of its lease";
    case "budget":
      return "as a budget is spent";
    case "schedule":
      return "by its schedule";
    case "idle":
      return "if it stays idle";
    case "backstop":
      return "by the backstop, if the balance stays low";
  }
}
