import type { Change } from "#config/editing/edit.ts";
import type { LaunchAnswer } from "./answers.ts";
import { type Current, hasLaunch, leaseOf, objectAt } from "./current.ts";
import { capKeys } from "./launch-caps.ts";

/** Room for an `extend` of what was started. */
const leaseHours = 24;

/** A lease guard goes with it where there is none: nothing is started that nothing would end. What stands beside stays. */
export function launchChanges(current: Current, answer: LaunchAnswer): readonly Change[] {
  switch (answer.kind) {
    case "as-it-is":
      return [];
    case "none":
      return hasLaunch(current) ? [{ path: ["launch"], value: undefined }] : [];
    case "caps": {
      const { caps } = answer;
      const now = objectAt(current.raw, "launch");
      return [
        ...(leaseOf(current).kind === "none" ? [leaseChange(caps.max_hours)] : []),
        // One by one: each is shown whole before it is written.
        ...capKeys
          .filter((key) => now[key] !== caps[key])
          .map((key) => ({ path: ["launch", key], value: caps[key] })),
      ];
    }
  }
}

/** Whoever is asked what may be started has not said that other pods are to end. */
function leaseChange(hours: number): Change {
  const value = { default_hours: null, max_hours: Math.max(leaseHours, hours), action: "stop" };
  return { path: ["guards", "lease"], value };
}
