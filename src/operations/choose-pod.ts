import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { type Pod, statusWordOf } from "#guard/model/account.ts";
import type { SeenPods } from "#report/snapshot.ts";

const mostListed = 20;

/** The pods that the words mean, each once. Throws a UserError as soon as one word is not clear. */
export function choosePods(words: readonly string[], look: SeenPods): readonly Pod[] {
  return [...new Set(words.map((word) => choosePod(word, look)))];
}

/** Throws a UserError unless each word is the whole id of a pod. */
export function requireIds(words: readonly string[], { pods, unreadablePods }: SeenPods): void {
  const unknown = words.find((word) => pods.every(({ id }) => id !== word));
  if (unknown === undefined) return;
  throw new UserError(`There is no pod with the id ${JSON.stringify(cleanName(unknown))}.`, {
    hint: listed("The pods are", pods, unreadablePods),
  });
}

/** The pod with this id, else the only one of this name, else the only one whose id or name starts with it. */
export function choosePod(word: string, { pods, unreadablePods }: SeenPods): Pod {
  const found = meant(word, pods);
  const [pod, ...others] = found;
  const shown = JSON.stringify(cleanName(word));
  if (pod === undefined) {
    throw new UserError(`There is no pod ${shown}.`, {
      hint: listed("The pods are", pods, unreadablePods),
    });
  }
  if (others.length > 0) {
    throw new UserError(`${shown} matches ${found.length} pods.`, {
      hint: listed("Use an id", found, 0),
    });
  }
  return pod;
}

/** Names match as they are shown, or as RunPod has them: either may be copied. */
function meant(word: string, pods: readonly Pod[]): readonly Pod[] {
  if (word === "") return [];
  const namesOf = ({ name, rawName }: Pod) => (rawName === undefined ? [] : [name, rawName]);
  const ways: readonly ((pod: Pod) => boolean)[] = [
    ({ id }) => id === word,
    (pod) => namesOf(pod).includes(word),
    (pod) => [pod.id, ...namesOf(pod)].some((text) => text.startsWith(word)),
  ];
  return ways.map((way) => pods.filter(way)).find((found) => found.length > 0) ?? [];
}

function listed(start: string, pods: readonly Pod[], unreadable: number): string {
  const width = pods.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  const rows = pods
    .slice(0, mostListed)
    .map((pod) => `  ${pod.id.padEnd(width)}  ${pod.name}  ${statusWordOf(pod)}`);
  const more = pods.length - rows.length;
  return [
    pods.length === 0 ? "There are no readable pods." : `${start}:`,
    ...rows,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(unreadable > 0
      ? [`  and ${unreadable} that could not be read: check RunPod's console`]
      : []),
  ].join("\n");
}
