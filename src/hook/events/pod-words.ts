import { cleanName } from "#control-characters.ts";
import type { Pod } from "#guard/model/account.ts";
import { isPlainId, perHour, quoted } from "#guard/text.ts";

/** A pod as an agent is told of it: its name is somebody else's text, and stands in quotes. */
export function toldOf({ id, name, costPerHrUsd }: Pod): string {
  const cost = costPerHrUsd === undefined ? "at an unknown rate" : perHour(costPerHrUsd);
  return `pod ${quoted(cleanName(name))} (${idOf(id)}) burns ${cost}`;
}

/** An id that may stand in a line that is to be typed. */
function idOf(id: string): string {
  return isPlainId(id) ? id : "POD";
}

/** What to type for a pod that runs. */
export function commandsFor(id: string): string {
  const pod = idOf(id);
  return `runpodboss extend ${pod} HOURS, runpodboss touch ${pod}, or runpodboss stop ${pod} -y`;
}

export const typed = [
  "start",
  "estimate",
  "gpus",
  "status",
  "extend",
  "touch",
  "stop",
  "setup",
  "check",
];
