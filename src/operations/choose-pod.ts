import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { type Pod, statusWordOf } from "#guard/model/account.ts";
import { isPlainId, podWords, rowWords } from "#guard/text.ts";
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

/**
 * The pod or cluster with this id, else the only one of this name, else the only one whose id or name
 * starts with it. What means a member of a cluster is refused, as nothing can be done to it by itself.
 */
export function choosePod(word: string, look: SeenPods): Pod {
  return chosen(word, look, waysToMean);
}

/** The same for who has no person to see what was meant: the start of an id or of a name means nothing. */
export function choosePodExactly(word: string, look: SeenPods): Pod {
  return chosen(word, look, waysToMean.slice(0, 2));
}

function chosen(word: string, { pods, unreadablePods }: SeenPods, ways: readonly Way[]): Pod {
  const all = pods.flatMap((pod): readonly Meant[] => [
    { ...pod, of: undefined, pod },
    ...(pod.cluster?.members ?? []).map(({ id, name, status, word: said }): Meant => ({
      id,
      name,
      rawName: name,
      status,
      word: said,
      of: pod,
      pod,
    })),
  ]);
  const found = withoutOwnMembers(meant(word, all, ways));
  const [first, ...others] = found;
  const shown = JSON.stringify(cleanName(word));
  if (first === undefined) {
    throw new UserError(`There is no pod ${shown}.`, {
      hint: listed("The pods are", pods, unreadablePods),
    });
  }
  if (others.length > 0) {
    throw new UserError(`${shown} matches ${found.length} pods.`, {
      hint: listed("Use an id", found, 0),
    });
  }
  if (first.of !== undefined) throw memberFault(first, first.of);
  return first.pod;
}

/** A pod, a cluster, or a member `of` one, as a word may mean it. */
interface Meant extends Pick<Pod, "id" | "name" | "rawName" | "status" | "word"> {
  readonly of: Pod | undefined;
  readonly pod: Pod;
}

/** Members are often called after their cluster: a word that means both means the cluster. */
function withoutOwnMembers(found: readonly Meant[]): readonly Meant[] {
  const clusters = new Set(found.filter(({ of }) => of === undefined).map(({ pod }) => pod));
  return found.filter(({ of }) => of === undefined || !clusters.has(of));
}

function memberFault(member: Meant, cluster: Pod): UserError {
  const { members = [] } = cluster.cluster ?? {};
  const word = isPlainId(cluster.id) ? cluster.id : "CLUSTER";
  return new UserError(
    `Pod ${podWords(member)} is one of the ${members.length} pods of ${rowWords(cluster)}. Nothing can be done to it by itself. Nothing was changed.`,
    {
      hint: `To end the whole cluster: runpodboss terminate ${word}\nTo keep it: runpodboss touch ${word}, or: runpodboss extend ${word} 1`,
    },
  );
}

type Way = (word: string, pod: Meant) => boolean;

/** From the strictest to the mildest. */
const waysToMean: readonly Way[] = [
  (word, { id }) => id === word,
  (word, pod) => namesOf(pod).includes(word),
  (word, pod) => [pod.id, ...namesOf(pod)].some((text) => text.startsWith(word)),
];

/** Names match as they are shown, or as RunPod has them: either may be copied. */
function namesOf({ name, rawName, of, pod }: Meant): readonly string[] {
  if (rawName !== undefined) return [name, rawName];
  // Not listed since a change-over: it is called as it was.
  return of === undefined && pod.doubt !== undefined && name !== "" ? [name] : [];
}

function meant(word: string, pods: readonly Meant[], ways: readonly Way[]): readonly Meant[] {
  if (word === "") return [];
  const found = ways.map((way) => pods.filter((pod) => way(word, pod)));
  return found.find((some) => some.length > 0) ?? [];
}

type Row = Pick<Pod, "id" | "name" | "status" | "word" | "cluster"> & Partial<Pick<Meant, "of">>;

function listed(start: string, pods: readonly Row[], unreadable: number): string {
  const width = pods.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  const rows = pods
    .slice(0, mostListed)
    .map((pod) => `  ${pod.id.padEnd(width)}  ${pod.name}  ${statusWordOf(pod)}${whatItIs(pod)}`);
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

function whatItIs({ cluster, of }: Row): string {
  if (of !== undefined) return `  (in ${rowWords(of)})`;
  return cluster === undefined ? "" : `  (a cluster of ${cluster.members.length} pods)`;
}
