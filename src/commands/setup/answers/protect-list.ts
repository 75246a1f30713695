import type { Pod } from "#guard/model/account.ts";
import { isAmong } from "#guard/protect.ts";

/** What an entry of `protect` is made of: a name protects also later pods of that name. */
export type By = "name" | "id";

/** A pod, and how the config stands to it. */
export interface Protectable {
  readonly pod: Pod;
  readonly isProtected: boolean;
  /** An entry with a wildcard protects it: only an editor takes that back. */
  readonly pattern: string | undefined;
  /** Why its name cannot stand for it; undefined: it can. */
  readonly noName: string | undefined;
}

export function protectables(
  pods: readonly Pod[],
  protect: readonly string[],
): readonly Protectable[] {
  return pods.map((pod) => ({
    pod,
    isProtected: isAmong(pod, protect),
    pattern: protect.find((entry) => isPattern(entry) && isAmong(pod, [entry])),
    noName: whyNoName(pod, pods),
  }));
}

function whyNoName(pod: Pod, pods: readonly Pod[]): string | undefined {
  const { name, rawName = name } = pod;
  if (name.trim() === "") return "it has no name";
  if (name !== rawName) return "its name holds what cannot be shown";
  if (isPattern(name)) return "its name holds a wildcard";
  const others = pods.filter((other) => other !== pod && isAmong(other, [name]));
  return others.length === 0
    ? undefined
    : `${others.length === 1 ? "another pod has" : `${others.length} other pods have`} its name`;
}

/**
 * The entries once just these pods are chosen. What stands there already stays: patterns, and entries that
 * are for pods which were not shown. Added is what is needed, by name where that can be.
 */
export function protectList(
  protect: readonly string[],
  pods: readonly Pod[],
  chosenIds: readonly string[],
  by: By,
): readonly string[] {
  const isChosen = ({ id }: Pod): boolean => chosenIds.includes(id);
  const kept = protect.filter((entry) => {
    const meant = pods.filter((pod) => isAmong(pod, [entry]));
    return isPattern(entry) || meant.every(isChosen);
  });
  const added = protectables(pods, kept)
    .filter(({ pod, isProtected }) => isChosen(pod) && !isProtected)
    .map(({ pod, noName }) => (by === "name" && noName === undefined ? pod.name : pod.id));
  return [...kept, ...added];
}

function isPattern(entry: string): boolean {
  return /[*?]/.test(entry);
}
