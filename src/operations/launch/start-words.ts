import type { StartedBy } from "#guard/model/launch.ts";

/** `by a person on atlas`, `by claude-code (session 1f2e) on atlas`. */
export function startedByWords({ kind, agent, session, host }: StartedBy): string {
  const who = kind === "person" ? "a person" : `an agent${agent === undefined ? "" : `, ${agent}`}`;
  return `by ${who}${session === undefined ? "" : ` (session ${session})`} on ${host}`;
}

/** What becomes of a pod once its lease is over. `unended`: why nothing ends it then. */
export function leaseWords(endsAt: string, unended: string | undefined, more = ""): string {
  return unended === undefined
    ? `Its lease ends at ${endsAt}${more}.`
    : `Its lease ends at ${endsAt}, and nothing ends it then: ${unended}.`;
}
