import type { GuardState } from "#guard/model/state.ts";

const unsaved: readonly string[] = ["lastSeen", "leaseBook"] satisfies (keyof GuardState)[];

/** Whether two states, one made of the other, are alike in all that outlives the process. */
export function isSameWhenSaved(before: GuardState, after: GuardState): boolean {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof GuardState>;
  return [...keys].every((key) => unsaved.includes(key) || before[key] === after[key]);
}
