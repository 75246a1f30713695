import { isRunning, type Pod } from "#guard/model/account.ts";
import { podsJson } from "./render.ts";

/** What one argument or one environment variable of a program holds with certainty, in bytes. */
export const mostInArgument = 100_000;

export function fits(text: string, mostBytes: number): boolean {
  return Buffer.byteLength(text) <= mostBytes;
}

/** The text, or its beginning and a `…`; no character is cut in two. */
export function cut(text: string, mostBytes: number): string {
  if (fits(text, mostBytes)) return text;
  const mark = "…";
  const room = Math.max(0, mostBytes - Buffer.byteLength(mark));
  // A cut character becomes a replacement character at the end.
  return (
    Buffer.from(text)
      .subarray(0, room)
      .toString()
      .replace(/\uFFFD+$/, "") + mark
  );
}

/** Running pods first, then the most expensive; an unknown price may be any price. */
export function mostUrgentFirst(pods: readonly Pod[]): readonly Pod[] {
  const rest = (pod: Pod) => (isRunning(pod) ? 0 : 1);
  const cost = ({ costPerHrUsd }: Pod) => costPerHrUsd ?? Number.MAX_VALUE;
  return pods.toSorted((a, b) => rest(a) - rest(b) || cost(b) - cost(a));
}

/** The pods as JSON: all of them, or as many of the most urgent as there is room for, which is said in it. */
export function fittedPodsJson(
  pods: readonly Pod[] | "unknown",
  protect: readonly string[],
  mostBytes: number,
): string {
  const all = podsJson(pods, protect);
  if (pods === "unknown" || fits(all, mostBytes)) return all;
  const urgent = mostUrgentFirst(pods);
  return mostThatFit(pods.length, mostBytes, (count) => {
    const note = `${pods.length - count} of ${pods.length} pods are left out here for lack of room`;
    return podsJson(urgent.slice(0, count), protect, note);
  });
}

/** What is written with the most of `total` that still fits; with none of them when nothing does. */
export function mostThatFit(
  total: number,
  mostBytes: number,
  write: (count: number) => string,
): string {
  let [count, tooMany] = [0, total];
  while (tooMany - count > 1) {
    const middle = Math.floor((count + tooMany) / 2);
    if (fits(write(middle), mostBytes)) count = middle;
    else tooMany = middle;
  }
  return write(count);
}
